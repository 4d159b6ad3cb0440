package io.millrace.sink.warehouse.clickhouse;

import io.millrace.sink.SinkContract;
import io.millrace.sink.TaskDriver;
import io.millrace.sink.destination.Capabilities;
import io.millrace.sink.destination.Destination;
import io.millrace.sink.warehouse.WarehouseSinkTask;
import io.millrace.testing.ClickHouseEngine;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;

/** The contract of sinks, by ClickHouse's engine. */
@Tag("emulators")
class ClickHouseSinkIT extends SinkContract {
    private static @Nullable ClickHouseEngine engine;

    private @Nullable Target target;

    @BeforeAll
    static void start() {
        engine = ClickHouseEngine.start();
    }

    @AfterAll
    static void stop() {
        if (engine != null) {
            engine.close();
        }
    }

    @BeforeEach
    void target() {
        target = new Target(Objects.requireNonNull(engine));
    }

    private Target at() {
        return Objects.requireNonNull(target);
    }

    @Override
    public TaskDriver task(boolean deadLetterQueue, String... config) {
        return new TaskDriver(log, new WarehouseSinkTask(), at().config(config), deadLetterQueue);
    }

    @Override
    public Destination destination(String ledgerId) {
        return at().destination(ledgerId);
    }

    @Override
    public Capabilities capabilities() {
        return ClickHouseDestination.CAPABILITIES;
    }

    @Override
    public List<String> rows(String table, String... columns) {
        return at().current(table, columns);
    }

    @Override
    public void obstruct(String table) {
        at().execute("ALTER TABLE shop." + Sql.name(table) + " ADD COLUMN obstacle Int32");
    }

    @Override
    public void unobstruct(String table) {
        at().execute("ALTER TABLE shop." + Sql.name(table) + " DROP COLUMN obstacle");
    }
}
