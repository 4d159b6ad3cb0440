package io.millrace.source.signal;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the signals' topic in a thread of its own, from the place behind the last signal that was followed. Whatever goes
 * wrong with the topic is logged and tried again; the mirror goes on.
 */
public final class SignalTopic implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SignalTopic.class);
    private static final long RETRY_MILLIS = 5000;

    /** From where only what is sent from now on is read. */
    public static final long END = Long.MAX_VALUE;

    private final SignalTopicSettings settings;
    private final Queue<Received> received = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean closed = new AtomicBoolean();
    private final Thread thread;
    private volatile @Nullable KafkaConsumer<String, @Nullable String> consumer;
    private volatile long end = -1;

    /**
     * A signal's text, and where it lies.
     *
     * @param millis when it was sent
     */
    public record Received(long offset, long millis, String json) {}

    private SignalTopic(SignalTopicSettings settings, long from) {
        this.settings = settings;
        this.thread = new Thread(() -> run(from), "millrace-" + settings.key() + "-signals");
        thread.setDaemon(true);
    }

    /** @param from the first offset to read; negative for the topic's beginning, {@link #END} for its end */
    public static SignalTopic open(SignalTopicSettings settings, long from) {
        SignalTopic topic = new SignalTopic(settings, from);
        topic.thread.start();
        return topic;
    }

    /**
     * Where the topic ended when it was first reached: signals from there on were sent after {@link #open}. Negative
     * before that.
     */
    public long end() {
        return end;
    }

    /**
     * Behind the last record that the topic has by now; 0 where there is no topic yet. Waits for Kafka's answer.
     *
     * @throws KafkaException where Kafka does not answer in time, or refuses
     */
    public static long endNow(SignalTopicSettings settings) {
        Map<String, Object> properties = properties(settings);
        properties.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
        try (KafkaConsumer<String, @Nullable String> consumer =
                new KafkaConsumer<>(properties, new StringDeserializer(), new StringDeserializer())) {
            return end(consumer, new TopicPartition(settings.topic(), 0));
        } catch (UnknownTopicOrPartitionException e) {
            return 0;
        }
    }

    /** The next signal that came; null when there is none. */
    public @Nullable Received poll() {
        return received.poll();
    }

    private void run(long from) {
        long next = from;
        while (!closed.get()) {
            try (KafkaConsumer<String, @Nullable String> opened =
                    new KafkaConsumer<>(properties(settings), new StringDeserializer(), new StringDeserializer())) {
                consumer = opened;
                TopicPartition partition = new TopicPartition(settings.topic(), 0);
                opened.assign(List.of(partition));
                if (end < 0) {
                    end = end(opened, partition);
                }
                next = next == END ? end : next;
                if (next < 0) {
                    opened.seekToBeginning(List.of(partition));
                } else {
                    opened.seek(partition, next);
                }
                while (!closed.get()) {
                    for (ConsumerRecord<String, @Nullable String> record : opened.poll(settings.poll())) {
                        next = record.offset() + 1;
                        String json = record.value();
                        if (json != null && settings.key().equals(record.key())) {
                            received.add(new Received(record.offset(), record.timestamp(), json));
                        }
                    }
                }
            } catch (WakeupException | InterruptException e) {
                return;
            } catch (KafkaException e) {
                if (!closed.get()) {
                    LOG.error("signal.kafka.topic: cannot read {}; trying again: {}", settings.topic(), e.getMessage());
                    pause();
                }
            }
        }
    }

    /** A topic that does not exist yet has its first signal to come. */
    private static long end(KafkaConsumer<?, ?> opened, TopicPartition partition) {
        return opened.partitionsFor(partition.topic()).isEmpty()
                ? 0
                : opened.endOffsets(List.of(partition)).getOrDefault(partition, 0L);
    }

    private static Map<String, Object> properties(SignalTopicSettings settings) {
        Map<String, Object> properties = new HashMap<>(settings.consumer());
        properties.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        properties.putIfAbsent(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        return properties;
    }

    private void pause() {
        try {
            Thread.sleep(RETRY_MILLIS);
        } catch (InterruptedException e) {
            closed.set(true);
        }
    }

    @Override
    public void close() {
        closed.set(true);
        KafkaConsumer<String, @Nullable String> open = consumer;
        if (open != null) {
            open.wakeup();
        }
        thread.interrupt();
    }
}
