package io.millrace.sink.warehouse.snowflake;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.sink.SinkContract;
import io.millrace.sink.TaskDriver;
import io.millrace.sink.destination.Capabilities;
import io.millrace.sink.destination.Destination;
import io.millrace.sink.warehouse.WarehouseSinkTask;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;

/** The contract of sinks, by the vendor's driver against the stand-in. */
@Tag("extended")
class SnowflakeSinkIT extends SinkContract {
    private final Target target = new Target();

    @AfterEach
    void close() {
        assertThat(target.gathered())
                .as("files and gathered copies are removed")
                .isEmpty();
        target.close();
    }

    @Override
    public TaskDriver task(boolean deadLetterQueue, String... config) {
        return new TaskDriver(log, new WarehouseSinkTask(), target.config(config), deadLetterQueue);
    }

    @Override
    public Destination destination(String ledgerId) {
        return target.destination(ledgerId);
    }

    @Override
    public Capabilities capabilities() {
        return SnowflakeDestination.capabilities(Target.PLACE);
    }

    @Override
    public List<String> rows(String table, String... columns) {
        return target.rows(table, columns);
    }

    @Override
    public void obstruct(String table) {
        String name = target.standIn().table("SHOP", Target.PLACE.name(table));
        target.execute(
                "ALTER TABLE " + name + " ADD COLUMN obstacle BIGINT DEFAULT 1",
                "ALTER TABLE " + name + " ALTER COLUMN obstacle SET NOT NULL",
                "ALTER TABLE " + name + " ALTER COLUMN obstacle DROP DEFAULT");
    }

    @Override
    public void unobstruct(String table) {
        target.execute(
                "ALTER TABLE " + target.standIn().table("SHOP", Target.PLACE.name(table)) + " DROP COLUMN obstacle");
    }
}
