package io.millrace.sink;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.apache.kafka.common.MetricName;
import org.apache.kafka.common.metrics.Gauge;
import org.apache.kafka.common.metrics.MetricConfig;
import org.apache.kafka.common.metrics.MetricValueProvider;
import org.apache.kafka.common.metrics.PluginMetrics;
import org.apache.kafka.common.metrics.Sensor;
import org.junit.jupiter.api.Test;

class TableMetersTest {
    /** A registry that only knows gauges. */
    static final class Registry implements PluginMetrics {
        private final Map<String, Gauge<?>> gauges = new TreeMap<>();

        @Override
        public MetricName metricName(String name, String description, LinkedHashMap<String, String> tags) {
            return new MetricName(name, "plugins", description, tags);
        }

        @Override
        public void addMetric(MetricName name, MetricValueProvider<?> provider) {
            String key = name.name() + name.tags().getOrDefault("table", "");
            assertThat(gauges.put(key, (Gauge<?>) provider)).as(key).isNull();
        }

        @Override
        public void removeMetric(MetricName name) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Sensor addSensor(String name) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void removeSensor(String name) {
            throw new UnsupportedOperationException();
        }

        long value(String name) {
            Gauge<?> gauge = Objects.requireNonNull(gauges.get(name), () -> name + " is not among " + gauges.keySet());
            return (Long) gauge.value(new MetricConfig(), 0);
        }
    }

    @Test
    void countsByTable() {
        Registry registry = new Registry();
        SourceTable orders = ContractCase.ORDERS;
        TopicLog log = new TopicLog()
                .insert(orders, 1, "a", "b")
                .update(orders, 1, "c", "d")
                .insert(orders, 2, "a", "b")
                .update(orders, 9, "x", ContractCase.KEPT)
                .delete(orders, 3, null, null)
                .insert(OperatorCases.STOCK, 1, "a", "b");
        try (TaskDriver task = new FlowHarness()
                .measuredTask(registry, log, "table.error.policy", "park")
                .open()) {
            task.drain();
        }
        assertThat(registry.value("rows-written-totalshop.stock")).isEqualTo(1);
        assertThat(registry.value("changes-totalshop.stock")).isEqualTo(1);
        assertThat(registry.value("batches-totalshop.stock")).isEqualTo(1);
        assertThat(registry.value("bytes-totalshop.stock")).isPositive();
        assertThat(registry.value("commit-delay-msshop.stock")).isPositive();
        assertThat(registry.value("parkedshop.stock")).isZero();
        assertThat(registry.value("parkedshop.orders"))
                .as("a partial update has no row")
                .isEqualTo(1);
        assertThat(registry.value("rows-written-totalshop.orders")).isZero();
        assertThat(registry.value("flushes-total")).isPositive();
    }

    @Test
    void countsWhatFoldingLeaves() {
        Registry registry = new Registry();
        SourceTable orders = ContractCase.ORDERS;
        TopicLog log = new TopicLog()
                .insert(orders, 1, "a", "b")
                .update(orders, 1, "c", "d")
                .insert(orders, 2, "a", "b")
                .delete(orders, 3, null, null);
        try (TaskDriver task = new FlowHarness().measuredTask(registry, log).open()) {
            task.drain();
        }
        assertThat(registry.value("rows-written-totalshop.orders")).isEqualTo(2);
        assertThat(registry.value("rows-deleted-totalshop.orders")).isEqualTo(1);
        assertThat(registry.value("changes-totalshop.orders")).isEqualTo(4);
    }
}
