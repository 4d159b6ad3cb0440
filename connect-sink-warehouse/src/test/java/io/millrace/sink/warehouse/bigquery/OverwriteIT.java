package io.millrace.sink.warehouse.bigquery;

import io.millrace.sink.TaskDriver;
import io.millrace.sink.TopicLog;
import io.millrace.sink.warehouse.CopiesContract;
import java.util.List;
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
        return target.standIn().rows("public", table, columns);
    }

    @Override
    protected List<String> tables() {
        return target.standIn().tables("public");
    }

    @Override
    protected List<String> gathered() {
        return target.gathered();
    }
}
