package io.millrace.source.window;

/** The table has other columns, another key or another replica identity than when its copy was planned. */
final class TableChangedException extends Exception {
    private static final long serialVersionUID = 1L;

    TableChangedException(String table) {
        super("table " + table + " was altered or replaced while it was copied");
    }
}
