package io.millrace.sink.warehouse.clickhouse;

import io.millrace.sink.TopicLog;
import io.millrace.testing.ClickHouseEngine;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;

/** A test with ClickHouse's engine, and for each case a log and databases that begin empty. */
@Tag("emulators")
abstract class EngineTest {
    private static @Nullable ClickHouseEngine engine;

    final TopicLog log = new TopicLog();
    private @Nullable Target target;

    @BeforeAll
    static void start() {
        engine = ClickHouseEngine.start();
    }

    @AfterAll
    static void stop() {
        engine().close();
    }

    static ClickHouseEngine engine() {
        return Objects.requireNonNull(engine);
    }

    @BeforeEach
    void begin() {
        target = new Target(engine());
    }

    Target target() {
        return Objects.requireNonNull(target);
    }
}
