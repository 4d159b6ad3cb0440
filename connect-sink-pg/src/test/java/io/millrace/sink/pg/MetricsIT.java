package io.millrace.sink.pg;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.sink.SourceTable;
import io.millrace.sink.TopicLog;
import io.millrace.testing.Await;
import io.millrace.testing.ConnectWorker;
import io.millrace.testing.KafkaBroker;
import io.millrace.testing.Topics;
import io.millrace.testing.WorkerOptions;
import java.lang.management.ManagementFactory;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import org.apache.kafka.connect.data.Schema;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What a worker's JMX shows of the packed plugin. */
@Tag("extended")
class MetricsIT {
    private static final SourceTable METERED =
            SourceTable.of("public", "metered").key("id", Schema.INT32_SCHEMA);

    private final Target target = Target.fresh();

    @Test
    void rowsAreCountedByTable() throws JMException {
        TopicLog log = new TopicLog();
        for (int i = 0; i < 50; i++) {
            log.insert(METERED, i);
        }
        try (KafkaBroker broker = KafkaBroker.start();
                ConnectWorker worker = ConnectWorker.embedded(broker, WorkerOptions.withModules("connect-sink-pg"))) {
            try (Topics topics = broker.topics()) {
                topics.create(METERED.topic(), 1);
            }
            TopicFiller.send(broker, log);
            Map<String, String> config = new HashMap<>(target.config());
            config.put("name", "metered");
            config.put("connector.class", PostgresSinkConnector.class.getName());
            config.put("topics", METERED.topic());
            worker.rest().put("metered", config);
            MBeanServer beans = ManagementFactory.getPlatformMBeanServer();
            ObjectName pattern = new ObjectName("kafka.connect:connector=metered,*");
            Await.until("the table's metrics", () -> !tables(beans, pattern).isEmpty());
            ObjectName table = tables(beans, pattern).iterator().next();
            assertThat(table.toString()).contains("public.metered");
            Await.until("all rows", () -> value(beans, table, "rows-written-total") == 50);
            assertThat(value(beans, table, "changes-total")).isEqualTo(50);
            assertThat(value(beans, table, "commit-delay-ms")).isPositive();
            worker.rest().delete("metered");
        }
    }

    private static Set<ObjectName> tables(MBeanServer beans, ObjectName pattern) {
        Set<ObjectName> names = beans.queryNames(pattern, null);
        names.removeIf(name -> name.getKeyProperty("table") == null);
        return names;
    }

    private static long value(MBeanServer beans, ObjectName name, String attribute) {
        try {
            return ((Number) beans.getAttribute(name, attribute)).longValue();
        } catch (JMException e) {
            throw new AssertionError(attribute, e);
        }
    }
}
