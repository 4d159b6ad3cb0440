package io.millrace.testing;

import java.util.Map;

/** A real broker of its own for the test that started it; topics are bounded, closing it removes its data. */
public interface KafkaBroker extends AutoCloseable {
    /** One KRaft node in this JVM, or in a container when {@code -Dmillrace.servers=containers} asks for it. */
    static KafkaBroker start() {
        return start(Map.of());
    }

    /** With broker settings on top of the defaults; containers take the defaults only. */
    static KafkaBroker start(Map<String, String> settings) {
        if (!Settings.containers()) {
            return new EmbeddedBroker(settings);
        }
        if (!settings.isEmpty()) {
            throw new IllegalArgumentException("A broker in a container takes no settings of its own");
        }
        return Containers.broker();
    }

    String bootstrapServers();

    /** Creating, deleting and reading topics. Close it after use, or use {@link Topics} over a longer time. */
    default Topics topics() {
        return new Topics(bootstrapServers());
    }

    @Override
    void close();
}
