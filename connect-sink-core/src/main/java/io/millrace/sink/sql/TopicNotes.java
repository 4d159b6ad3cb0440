package io.millrace.sink.sql;

/**
 * How SQL targets keep what {@link io.millrace.sink.destination.Operations} notes of topics, in rows of a topic, a
 * partition and a number. Beside the rows of partitions there is one that says that a topic is complete, and one for each
 * task that has said it is.
 */
public final class TopicNotes {
    /** Number of a partition that was there before its topic was complete. */
    public static final int ORIGINAL = 0;

    /** Number of a partition that was added later, which was accepted. */
    public static final int ACCEPTED = 1;

    /** Number of a partition that was added later. */
    public static final int ADDED = 2;

    /** In place of the partition: the topic is complete. */
    public static final int COMPLETE = -1;

    private TopicNotes() {}

    /** In place of the partition: a task has said that it has noted all its own; the number is that of all tasks. */
    public static int said(int task) {
        return COMPLETE - 1 - task;
    }

    /**
     * The condition on the rows of one topic, as a group, under which it is complete: all tasks have said so, and no
     * partition below the highest is missing.
     *
     * @param partition name of the column, quoted
     * @param number name of the column, quoted
     */
    public static String isComplete(String partition, String number, int tasks) {
        return "count(CASE WHEN " + partition + " BETWEEN " + said(tasks - 1) + " AND " + said(0) + " AND " + number
                + " = " + tasks + " THEN 1 END) = " + tasks + " AND count(CASE WHEN " + partition
                + " >= 0 THEN 1 END) = max(" + partition + ") + 1";
    }
}
