package io.millrace.source.stream;

import io.millrace.source.record.TableSchema;
import io.millrace.source.stream.pgoutput.Relation;
import java.util.Set;

/**
 * A relation of the stream as it is now, with the schema its rows are written in.
 *
 * @param optional columns made optional because a NULL came
 * @param keyInIdentity whether an old row version tells the old key: all key columns belong to the replica identity
 * @param replayUntil events that commit before this LSN were already in the snapshot that the table was copied from
 */
record CapturedRelation(
        Relation relation, TableSchema schema, Set<String> optional, boolean keyInIdentity, long replayUntil) {}
