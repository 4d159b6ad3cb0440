package io.millrace.sink.copies;

import io.millrace.sink.destination.Generations.Missing;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;

/**
 * What the source has told of one copy's rows.
 *
 * @param last offsets of its last rows, by partition; empty for a copy without rows
 * @param rows how many there are; -1 where that is not told
 */
public record Told(Map<TopicPartition, Long> last, long rows) {
    public Told {
        last = Map.copyOf(last);
    }

    /**
     * What the ledger is not past, by topic and partition in their order; nothing when the copy is complete.
     *
     * @param next the ledger's next offset of each partition that it knows
     */
    public List<Missing> missing(Map<TopicPartition, Long> next) {
        return last.entrySet().stream()
                .map(each -> new Missing(each.getKey(), each.getValue(), next.getOrDefault(each.getKey(), -1L)))
                .filter(each -> each.next() <= each.last())
                .sorted(Comparator.comparing((Missing each) -> each.partition().topic())
                        .thenComparing(each -> each.partition().partition()))
                .toList();
    }

    /**
     * Whether there are more rows than were told of: some have come twice.
     *
     * @param found rows of a copy that is complete
     */
    public boolean isDoubled(long found) {
        return rows >= 0 && found > rows;
    }
}
