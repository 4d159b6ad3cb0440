package io.millrace.sink.warehouse.snowflake;

import io.millrace.sink.TaskDriver;
import io.millrace.sink.TopicLog;
import io.millrace.sink.warehouse.CopiesContract;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;

/** Whole copies that replace a table. */
@Tag("extended")
class OverwriteIT extends CopiesContract {
    private final Target target = new Target();

    @AfterEach
    void close() {
        target.close();
    }

    @Override
    protected TaskDriver task(TopicLog log, String... config) {
        return target.task(log, config);
    }

    @Override
    protected List<String> rows(String table, String... columns) {
        String[] names = Arrays.stream(columns).map(Target.PLACE::name).toArray(String[]::new);
        return target.standIn().rows("PUBLIC", Target.PLACE.name(table), names);
    }

    @Override
    protected List<String> tables() {
        return target.standIn().tables("PUBLIC").stream()
                .map(name -> name.toLowerCase(Locale.ROOT))
                .toList();
    }

    @Override
    protected List<String> gathered() {
        return target.gathered();
    }
}
