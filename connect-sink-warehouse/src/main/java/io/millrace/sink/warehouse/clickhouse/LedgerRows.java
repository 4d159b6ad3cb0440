package io.millrace.sink.warehouse.clickhouse;

import io.millrace.sink.destination.Feed;
import io.millrace.sink.destination.TableId;
import io.millrace.sink.warehouse.clickhouse.Ledger.Entry;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.common.TopicPartition;

/** The ledger's rows, as they are now; its table is made when it is first needed. Not for several threads. */
final class LedgerRows {
    private final Server server;
    private final Ledger ledger;
    private boolean made;

    LedgerRows(Server server, Ledger ledger) {
        this.server = server;
        this.ledger = ledger;
    }

    Map<Feed, Known> read(Collection<TopicPartition> partitions) {
        return partitions.isEmpty() ? new HashMap<>() : known(ledger.read(partitions));
    }

    Map<Feed, Known> known(String query) {
        make();
        Map<Feed, Known> known = new HashMap<>();
        server.query(query).stream().map(Ledger::entry).forEach(entry -> {
            known.merge(entry.feed(), Known.of(entry), Known::and);
        });
        return known;
    }

    Set<TopicPartition> partitions(String topic) {
        Set<TopicPartition> partitions = new HashSet<>();
        known(ledger.ofTopic(topic)).forEach((feed, known) -> {
            if (known.isLive()) {
                partitions.add(feed.partition());
            }
        });
        return partitions;
    }

    Map<TopicPartition, Long> positions(TableId target) {
        Map<TopicPartition, Long> positions = new HashMap<>();
        known(ledger.ofTarget(target)).forEach((feed, known) -> {
            if (known.isLive() && known.state() != null) {
                positions.put(feed.partition(), known.state().next());
            }
        });
        return positions;
    }

    /** Those whose claim is the last of some feed. */
    Set<String> owners() {
        make();
        return server.query(ledger.owners()).stream()
                .map(row -> row.getString(1))
                .collect(Collectors.toSet());
    }

    void write(List<Entry> entries) {
        if (!entries.isEmpty()) {
            make();
            server.execute(ledger.write(entries));
        }
    }

    private void make() {
        if (!made) {
            server.execute(ledger.create());
            made = true;
        }
    }
}
