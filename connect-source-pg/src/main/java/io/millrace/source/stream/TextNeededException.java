package io.millrace.source.stream;

import io.millrace.source.catalog.TableId;

/** A captured table has a type that is not read in binary: the stream is to be opened again with text values. */
final class TextNeededException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    TextNeededException(TableId table, String column) {
        super("the type of column " + column + " of table " + table + " can be read as text only");
    }
}
