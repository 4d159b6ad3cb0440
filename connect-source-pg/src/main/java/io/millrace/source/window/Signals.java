package io.millrace.source.window;

import io.millrace.source.record.EnvelopeWriter;
import io.millrace.source.record.TableSchema;
import io.millrace.source.signal.Signal;
import io.millrace.source.signal.SignalException;
import io.millrace.source.signal.SignalFormat;
import io.millrace.source.signal.SignalTopic;
import io.millrace.source.signal.SignalTopicSettings;
import org.apache.kafka.connect.data.Struct;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes signals from where they come. One that is no good is logged and passed over. Used by the stream's thread. */
final class Signals implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Signals.class);

    private final WindowSettings settings;
    private final CopyQueue queue;
    private @Nullable SignalTopic topic;

    Signals(WindowSettings settings, CopyQueue queue) {
        this.settings = settings;
        this.queue = queue;
    }

    void open() {
        SignalTopicSettings of = settings.signalTopic();
        if (of != null && topic == null) {
            topic = SignalTopic.open(of, queue.state().signalOffset());
        }
    }

    boolean areRows() {
        return settings.signals() != null;
    }

    /** A row of the stream: a signal when it is a new one of the signal table. */
    void row(String operation, TableSchema schema, @Nullable Struct after, int xid) throws InterruptedException {
        if (after == null || !schema.table().equals(settings.signals()) || !operation.equals(EnvelopeWriter.CREATE)) {
            return;
        }
        try {
            Signal signal = SignalFormat.ofRow(after);
            queue.followRow(signal, Integer.toUnsignedString(xid) + " " + signal.id());
        } catch (SignalException e) {
            LOG.error("A signal in {} is passed over: {}", schema.table(), e.getMessage());
        }
    }

    /** Follows what has come in the topic. */
    void records() throws InterruptedException {
        SignalTopic open = topic;
        SignalTopic.Received received = open == null ? null : open.poll();
        while (received != null && open != null) {
            Signal signal = null;
            try {
                signal = SignalFormat.ofRecord(received.json());
            } catch (SignalException e) {
                LOG.error("The signal at offset {} of its topic is passed over: {}", received.offset(), e.getMessage());
            }
            queue.followRecord(signal, received.offset());
            received = open.poll();
        }
    }

    @Override
    public void close() {
        if (topic != null) {
            topic.close();
            topic = null;
        }
    }
}
