package io.millrace.source;

import io.millrace.source.batch.RecordBatches;
import io.millrace.source.position.StoredOffsets;
import io.millrace.source.record.ControlRecords;
import io.millrace.source.signal.SignalTopic;
import io.millrace.source.signal.SignalTopicSettings;
import io.millrace.source.window.CopyState;
import io.millrace.source.window.TableWatch;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.connect.errors.ConnectException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * From where a mirror follows the topic of signals: from its end when the mirror began, or first had such a topic. What lies
 * before was meant for others, or for an earlier life; what comes while tables are copied is followed when the stream begins.
 * Used by the reading thread.
 */
final class SignalStart {
    private static final Logger LOG = LoggerFactory.getLogger(SignalStart.class);
    private static final String FROM = "signals_from";

    private final CdcConfig config;
    private final StoredOffsets stored;
    private final ControlRecords control;
    private final RecordBatches out;
    private long from = -1;

    SignalStart(CdcConfig config, StoredOffsets stored, ControlRecords control, RecordBatches out) {
        this.config = config;
        this.stored = stored;
        this.control = control;
        this.out = out;
    }

    /** The order of the entries is part of the name, see {@link io.millrace.source.position.TableProgress#partition}. */
    static Map<String, String> partition(String server) {
        Map<String, String> partition = new LinkedHashMap<>();
        partition.put("server", server);
        partition.put("state", "signals");
        return Collections.unmodifiableMap(partition);
    }

    /**
     * Before anything else: finds the place unless it is known, and has it stored.
     *
     * @throws ConnectException when Kafka does not tell
     */
    void note() throws InterruptedException {
        SignalTopicSettings topic = config.windowSettings().signalTopic();
        if (topic == null || from >= 0) {
            return;
        }
        CopyState state = CopyState.of(stored.offset(CopyState.partition(config.topicPrefix())));
        if (state != null && state.signalOffset() >= 0) {
            return;
        }
        Map<String, Object> before = stored.offset(partition(config.topicPrefix()));
        if (before != null && before.get(FROM) instanceof Number number) {
            from = number.longValue();
            return;
        }
        try {
            from = SignalTopic.endNow(topic);
        } catch (KafkaException e) {
            throw new ConnectException(
                    "signal.kafka.bootstrap.servers, signal.kafka.topic: cannot tell where topic " + topic.topic()
                            + " ends, from where signals are to be followed: " + e.getMessage(),
                    e);
        }
        LOG.info("Signals of topic {} are followed from offset {} on", topic.topic(), from);
        out.add(control.control(partition(config.topicPrefix()), Map.of(FROM, from), "signals", ""), 0);
        out.flush();
    }

    TableWatch.Found of(TableWatch.Found found) {
        return from >= 0 ? new TableWatch.Found(found.state().followingFrom(from), found.tables()) : found;
    }
}
