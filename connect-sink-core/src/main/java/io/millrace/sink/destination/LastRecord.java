package io.millrace.sink.destination;

/**
 * The last record that a feed has applied, kept to notice a topic that was deleted and created again.
 *
 * @param offset its Kafka offset
 * @param timestamp its Kafka timestamp, -1 without one
 * @param keyHash a hash of its key, 0 without one
 * @param committed the latest commit in the source among the changes up to it, microseconds since 1970, -1 when unknown;
 *     written to the ledger for people to look at, and not read again
 */
public record LastRecord(long offset, long timestamp, int keyHash, long committed) {
    public LastRecord(long offset, long timestamp, int keyHash) {
        this(offset, timestamp, keyHash, -1);
    }
}
