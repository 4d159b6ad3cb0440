package io.millrace.examples;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import io.strimzi.api.kafka.model.common.UnknownPropertyPreserving;
import io.strimzi.api.kafka.model.connect.KafkaConnect;
import io.strimzi.api.kafka.model.connect.build.TgzArtifact;
import io.strimzi.api.kafka.model.connector.KafkaConnector;
import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class StrimziTest {
    private static final ObjectMapper YAML =
            new ObjectMapper(new YAMLFactory()).enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES);

    static Stream<Path> connectors() {
        return Examples.files("strimzi").stream().filter(file -> !file.endsWith("kafka-connect.yaml"));
    }

    @ParameterizedTest
    @MethodSource("connectors")
    void connectorsAreWhatStrimziReads(Path file) throws Exception {
        KafkaConnector connector = YAML.readValue(file.toFile(), KafkaConnector.class);
        assertThat(unknown(connector, "")).isEmpty();
        JsonNode tree = YAML.readTree(file.toFile());
        // The model does not tell which version a resource was written for.
        assertThat(tree.path("apiVersion").asText()).isEqualTo(KafkaConnector.RESOURCE_GROUP + "/v1");
        assertThat(tree.at("/metadata/labels").path("strimzi.io/cluster").asText())
                .isEqualTo("millrace");
        assertThat(connector.getSpec().getTasksMax()).isPositive();
    }

    @Test
    void theClusterIsWhatStrimziReads() throws Exception {
        KafkaConnect cluster = YAML.readValue(
                Examples.folder("strimzi").resolve("kafka-connect.yaml").toFile(), KafkaConnect.class);
        assertThat(unknown(cluster, "")).isEmpty();
        assertThat(cluster.getSpec().getBuild().getPlugins())
                .hasSize(4)
                .allSatisfy(plugin ->
                        assertThat(plugin.getArtifacts()).singleElement().isInstanceOf(TgzArtifact.class));
        assertThat(cluster.getSpec().getConfig()).containsEntry("plugin.discovery", "service_load");
    }

    @Test
    void aMistypedKeyIsNoticed() throws IOException {
        KafkaConnector wrong = YAML.readValue("{spec: {clas: x, autoRestart: {enable: true}}}", KafkaConnector.class);
        assertThat(unknown(wrong, "")).containsExactlyInAnyOrder("/spec/clas", "/spec/autoRestart/enable");
    }

    /** Strimzi keeps what it does not know and goes on with a warning; here it is an error. */
    private static Set<String> unknown(@Nullable Object node, String path) {
        Set<String> found = new TreeSet<>();
        if (node instanceof Collection<?> elements) {
            elements.forEach(element -> found.addAll(unknown(element, path + "[]")));
        }
        if (node instanceof UnknownPropertyPreserving known) {
            known.getAdditionalProperties().keySet().forEach(key -> found.add(path + "/" + key));
            for (Method getter : node.getClass().getMethods()) {
                String name = getter.getName();
                if (name.startsWith("get")
                        && getter.getParameterCount() == 0
                        && !name.equals("getAdditionalProperties")) {
                    found.addAll(unknown(
                            value(node, getter),
                            path + "/" + Character.toLowerCase(name.charAt(3)) + name.substring(4)));
                }
            }
        }
        return found;
    }

    private static @Nullable Object value(Object node, Method getter) {
        try {
            return getter.invoke(node);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }
}
