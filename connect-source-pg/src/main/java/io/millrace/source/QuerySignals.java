package io.millrace.source;

import io.millrace.source.query.Mirror;
import io.millrace.source.signal.Signal;
import io.millrace.source.signal.SignalException;
import io.millrace.source.signal.SignalFormat;
import io.millrace.source.signal.SignalTopic;
import io.millrace.source.signal.SignalTopicSettings;
import java.util.List;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Passes signals on to the mirrors that they are for. A mirror follows those that are sent after its first start, also
 * what is sent while it is down. One that cannot be followed is an error in the log. Used by one thread.
 */
final class QuerySignals implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(QuerySignals.class);

    private final SignalTopic topic;
    private final List<Mirror> mirrors;
    private boolean begun;

    /** @param from offset of the first signal that a mirror may not have followed; {@link SignalTopic#END} for none */
    QuerySignals(SignalTopicSettings settings, List<Mirror> mirrors, long from) {
        this.topic = SignalTopic.open(settings, from);
        this.mirrors = List.copyOf(mirrors);
    }

    /** Passes on what has come. */
    void pass() {
        if (!begun && topic.end() >= 0) {
            begun = true;
            mirrors.forEach(mirror -> mirror.followFrom(topic.end()));
        }
        for (SignalTopic.Received received = begun ? topic.poll() : null; received != null; received = topic.poll()) {
            pass(received);
        }
    }

    private void pass(SignalTopic.Received received) {
        try {
            Signal signal = SignalFormat.ofRecord(received.json());
            if (signal instanceof Signal.Execute execute) {
                ask(execute, received.offset());
            } else if (signal instanceof Signal.Log log) {
                LOG.info("Signal {}: {}", log.id(), log.message());
            } else {
                LOG.error("Signal {}: a mirror by query follows execute-snapshot and log only", signal.id());
            }
        } catch (SignalException e) {
            LOG.error("The signal at offset {} of its topic cannot be followed: {}", received.offset(), e.getMessage());
        }
    }

    private void ask(Signal.Execute execute, long offset) {
        if (!execute.conditions().isEmpty()) {
            LOG.error("Signal {} has a filter, which is not followed: give start and end instead", execute.id());
            return;
        }
        List<Pattern> tables = execute.tables().stream()
                .map(table -> Pattern.compile(table, Pattern.CASE_INSENSITIVE))
                .toList();
        for (Mirror mirror : mirrors) {
            if (tables.stream().anyMatch(mirror::isOf)) {
                mirror.ask(new Mirror.Request(
                        execute.range().start(), execute.range().end(), offset));
            }
        }
    }

    @Override
    public void close() {
        topic.close();
    }
}
