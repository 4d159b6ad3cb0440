package io.millrace.quickstart.proof;

import io.millrace.quickstart.database.Relation;
import java.util.List;

/** Compares tables of the source with those of a target, by counts and checksums that each computes itself. */
public interface Comparison {
    List<Proof.Result> compare(List<Relation> tables);
}
