package io.millrace.sink.destination;

/**
 * The last record that a feed has applied, kept to notice a topic that was deleted and created again.
 *
 * @param offset its Kafka offset
 * @param timestamp its Kafka timestamp, -1 without one
 * @param keyHash a hash of its key, 0 without one
 */
public record LastRecord(long offset, long timestamp, int keyHash) {}
