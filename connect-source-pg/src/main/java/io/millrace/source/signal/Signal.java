package io.millrace.source.signal;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a signal asks for. */
public sealed interface Signal {
    /** The sender's name for it; an empty text where the sender gave none. */
    String id();

    /**
     * Copy tables.
     *
     * @param tables regular expressions for {@code schema.table}, without regard to case
     * @param blocking whether the stream waits meanwhile
     * @param ownTopic whether the rows go into a topic of their own, named after the signal's id
     * @param range for mirrors by a watermark: what of it is wanted
     */
    record Execute(
            String id, List<String> tables, boolean blocking, boolean ownTopic, List<Condition> conditions, Range range)
            implements Signal {
        /** Without a range. */
        public Execute(String id, List<String> tables, boolean blocking, boolean ownTopic, List<Condition> conditions) {
            this(id, tables, blocking, ownTopic, conditions, new Range(null, null));
        }

        public Execute {
            tables = List.copyOf(tables);
            conditions = List.copyOf(conditions);
        }
    }

    /** Values of a watermark, both ends included, as text; null where it is open. */
    record Range(@Nullable String start, @Nullable String end) {}

    /** Only rows that meet {@code filter}, a condition in SQL, are copied of the tables that the expression matches. */
    record Condition(String tables, String filter) {}

    /** Give up copies. @param tables as in {@link Execute}; null for all of them */
    record Stop(String id, @Nullable List<String> tables) implements Signal {}

    /** Begin nothing more until {@link Resume}. */
    record Pause(String id) implements Signal {}

    record Resume(String id) implements Signal {}

    /** Write a line to the log. */
    record Log(String id, String message) implements Signal {}
}
