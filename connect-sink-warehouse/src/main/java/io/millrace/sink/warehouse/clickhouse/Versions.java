package io.millrace.sink.warehouse.clickhouse;

import org.apache.kafka.connect.errors.ConnectException;

/**
 * What orders the rows of a key: the epoch of the topic partition that they come from, and their offset in it. The epoch
 * rises when a partition is read again or made anew, whose offsets begin below those that are in the table. Pure.
 */
final class Versions {
    static final int OFFSET_BITS = 44;

    private static final long MAX_OFFSET = (1L << OFFSET_BITS) - 1;
    private static final long MAX_EPOCH = (1L << (63 - OFFSET_BITS)) - 1;

    private Versions() {}

    /** The version of offset 0: what a row's offset is added to. */
    static long floor(long topicEpoch) {
        if (topicEpoch > MAX_EPOCH) {
            throw new ConnectException("A partition has been rewound " + topicEpoch + " times, and " + MAX_EPOCH
                    + " can be told apart: read it into a new table");
        }
        return topicEpoch << OFFSET_BITS;
    }

    static long of(long topicEpoch, long offset) {
        if (offset > MAX_OFFSET) {
            throw new ConnectException(
                    "An offset is above " + MAX_OFFSET + ", the last for which a row's version has room");
        }
        return floor(topicEpoch) | offset;
    }
}
