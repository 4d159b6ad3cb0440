package io.millrace.sink.destination;

/** What may be done to a table that exists and lacks what the records bring. Nothing is ever dropped or narrowed. */
public enum EvolutionPolicy {
    /** Columns that the table lacks are ignored, which a log line says once; types are left alone. */
    NONE,
    /** Columns are added. */
    ADD,
    /** Columns are added, and a type is widened where every value stays as it is. */
    ADD_AND_WIDEN,
    /** A column that the table lacks stops the task. */
    FAIL
}
