package io.millrace.sink.warehouse.bigquery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.sink.SourceTable;
import io.millrace.sink.TaskDriver;
import io.millrace.sink.TopicLog;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.errors.ConnectException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Files by way of a bucket. */
@Tag("extended")
class BucketIT {
    private static final SourceTable NOTES =
            SourceTable.of("shop", "notes").key("id", Schema.INT32_SCHEMA).column("a", Schema.OPTIONAL_STRING_SCHEMA);
    private static final String[] BUCKET = {"staging.location", "gs://my-bucket/mirror/shop"};

    private final Target target = new Target();
    private final TopicLog log = new TopicLog();

    @AfterEach
    void close() {
        assertThat(target.standIn().files()).as("files are deleted").isEmpty();
        assertThat(target.gathered()).isEmpty();
        target.close();
    }

    private static String noise(int seed, int length) {
        return new Random(seed)
                .ints(length, ' ' + 1, 127)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }

    @Test
    void rowsArriveAlsoInSeveralPieces() {
        List<String> expected = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            String text = noise(i, 500_000);
            log.insert(NOTES, 100 + i, text);
            expected.add(100 + i + "|" + text);
        }
        target.run(log, BUCKET);
        assertThat(target.rows("notes", "id", "a").equals(expected)).isTrue();
    }

    @Test
    void whatPassesIsRepeatedAndNoRowIsThereTwice() {
        target.standIn().faults().refuse("POST /upload/storage.*", 1, 503, "");
        target.standIn().faults().loseAnswers("PUT /upload/storage.*", 1, 503);
        target.standIn().faults().failJobs("load .*", 1, "backendError");
        target.standIn().faults().loseAnswers("POST .*/jobs", 2, 503);
        target.run(
                log.insert(NOTES, 1, "x").insert(NOTES, 2, "y"),
                "staging.location",
                "gs://my-bucket",
                "insert.mode",
                "append");
        assertThat(target.standIn().faults().left()).isZero();
        assertThat(target.rows("notes", "id", "a")).containsExactly("1|x", "2|y");
    }

    @Test
    void aBucketThatMayNotBeWrittenIsNamed() {
        target.standIn().faults().refuse("POST /upload/storage.*", 1, 403, "");
        log.insert(NOTES, 1, "x");
        TaskDriver task = target.task(log, BUCKET);
        assertThatThrownBy(task::drain)
                .isInstanceOf(ConnectException.class)
                .hasMessageContaining("shop.notes")
                .hasMessageContaining("my-bucket");
        task.kill();
    }
}
