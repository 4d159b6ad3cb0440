package io.millrace.testing.bigquery;

import java.util.ArrayList;
import java.util.List;

/** The parts of CREATE TABLE. */
final class Ddl {
    private Ddl() {}

    /** Without what follows the columns: partitions, clusters and options. */
    static List<Token> withoutClauses(List<Token> create) {
        int depth = 0;
        for (int i = 0; i < create.size(); i++) {
            depth += create.get(i).is("(") ? 1 : create.get(i).is(")") ? -1 : 0;
            if (depth == 0 && create.get(i).is(")")) {
                return create.subList(0, i + 1);
            }
        }
        return create;
    }

    /** The definitions of the columns, given without spaces. */
    static List<List<Token>> columns(List<Token> create) {
        List<List<Token>> columns = new ArrayList<>();
        List<Token> current = new ArrayList<>();
        int depth = 0;
        for (Token token : withoutClauses(create)) {
            depth -= token.is(")") ? 1 : 0;
            if (depth == 1 && token.is(",")) {
                columns.add(current);
                current = new ArrayList<>();
            } else if (depth > 0) {
                current.add(token);
            }
            depth += token.is("(") ? 1 : 0;
        }
        columns.add(current);
        return columns;
    }
}
