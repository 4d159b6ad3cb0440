package io.millrace.source.meter;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Proxy;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.kafka.common.MetricName;
import org.apache.kafka.common.metrics.Gauge;
import org.apache.kafka.common.metrics.MetricConfig;
import org.apache.kafka.common.metrics.PluginMetrics;
import org.apache.kafka.connect.source.SourceTaskContext;
import org.junit.jupiter.api.Test;

class WorkerMetricsTest {
    /** A worker's context that keeps the gauges under their names and tags. */
    @SuppressWarnings("unchecked")
    private static SourceTaskContext context(Map<String, Gauge<Long>> gauges) {
        Object metrics = Proxy.newProxyInstance(
                WorkerMetricsTest.class.getClassLoader(),
                new Class<?>[] {PluginMetrics.class},
                (proxy, method, given) -> {
                    if (method.getName().equals("metricName")) {
                        return new MetricName(
                                (String) given[0], "test", (String) given[1], (LinkedHashMap<String, String>) given[2]);
                    }
                    MetricName name = (MetricName) given[0];
                    gauges.put(name.name() + name.tags(), (Gauge<Long>) given[1]);
                    return null;
                });
        return (SourceTaskContext) Proxy.newProxyInstance(
                WorkerMetricsTest.class.getClassLoader(),
                new Class<?>[] {SourceTaskContext.class},
                (proxy, method, given) -> metrics);
    }

    @Test
    void eachMirrorShowsItsRunsUnderItsName() {
        Map<String, Gauge<Long>> gauges = new HashMap<>();
        RunMeters meters = new RunMeters();
        WorkerMetrics.show("orders", meters, context(gauges));
        WorkerMetrics.show("other", new RunMeters(), context(gauges));
        meters.ran(17);
        meters.read(5);
        meters.ran(3);
        meters.overran();
        Map<String, Long> shown = new HashMap<>();
        gauges.forEach((name, gauge) -> shown.put(name, gauge.value(new MetricConfig(), 0)));
        assertThat(shown)
                .containsEntry("runs-total{mirror=orders}", 2L)
                .containsEntry("rows-total{mirror=orders}", 5L)
                .containsEntry("overruns-total{mirror=orders}", 1L)
                .containsEntry("last-run-ms{mirror=orders}", 3L)
                .containsEntry("runs-total{mirror=other}", 0L)
                .hasSize(8);
    }
}
