package io.millrace.core;

/** Names of the record headers that a source writes and a sink reads. They stand only where they say something. */
public final class Headers {
    /** BOOLEAN true: the event lies in a replay window; a partial update of an absent row there may be skipped. */
    public static final String REPLAY = "millrace.replay";

    /** BOOLEAN true: an unchanged TOAST value was read again and its row is gone; the placeholder stays. */
    public static final String GONE = "millrace.gone";

    /** STRING: the id of the generation, one whole copy of the table, that a row belongs to; see {@link Manifest}. */
    public static final String GENERATION = "millrace.generation";

    private Headers() {}
}
