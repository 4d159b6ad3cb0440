package io.millrace.source.stream;

import io.millrace.source.catalog.TableId;

/** A captured table has a type that is not read in binary: the stream is to be opened again with text values. */
final class TextNeededException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    TextNeededException(TableId table) {
        super("table " + table + " has a type that is streamed as text");
    }
}
