package io.millrace.sink.warehouse.clickhouse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.clickhouse.data.ClickHouseFormat;
import io.millrace.testing.ClickHouseStandIn;
import io.millrace.testing.ClickHouseStandIn.Answer;
import io.millrace.testing.ClickHouseStandIn.Request;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Base64;
import java.util.Deque;
import java.util.List;
import org.apache.kafka.common.config.types.Password;
import org.apache.kafka.connect.errors.RetriableException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The vendor's client against what speaks its protocol: what is sent, what is repeated, and what an error becomes. */
class ServerTest {
    private final ClickHouseStandIn standIn = ClickHouseStandIn.start();

    @AfterEach
    void stop() {
        standIn.close();
    }

    static ClickHouseSettings settings(String url, boolean compression, int retries) {
        return new ClickHouseSettings(
                url,
                "default",
                "loader",
                new Password("very-secret"),
                new ClickHouseSettings.Tls("", "", "", "", new Password(""), "PKCS12"),
                compression,
                2_000,
                10_000,
                retries,
                false,
                "__version",
                "__is_deleted",
                "_current",
                1000);
    }

    private Server server(boolean compression, int retries) {
        return new Server(settings(standIn.url(), compression, retries));
    }

    private void answers(Answer... answers) {
        Deque<Answer> left = new ArrayDeque<>(List.of(answers));
        standIn.answer(request -> left.size() > 1 ? left.pop() : left.element());
    }

    @Test
    void anInsertSendsItsRowsOnceUnderItsToken() {
        standIn.answer(request -> Answer.DONE);
        byte[] rows = {1, 2, 3};
        try (Server server = server(false, 0)) {
            server.insert("`shop`.`orders` (`id`)", ClickHouseFormat.RowBinary, "range 1", out -> out.write(rows));
        }
        Request insert = standIn.requests().get(0);
        assertThat(insert.sql().trim()).isEqualTo("INSERT INTO `shop`.`orders` (`id`) FORMAT RowBinary");
        assertThat(insert.body()).isEqualTo(rows);
        assertThat(insert.parameters())
                .containsEntry("insert_deduplication_token", "range 1")
                .containsEntry("insert_deduplicate", "1")
                .containsEntry("async_insert", "0")
                .doesNotContainKey("decompress");
        assertThat(insert.headers().get("authorization"))
                .isEqualTo("Basic "
                        + Base64.getEncoder().encodeToString("loader:very-secret".getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    void compressedRowsAreFramed() {
        standIn.answer(request -> Answer.DONE);
        try (Server server = server(true, 0)) {
            server.insert("t (a)", ClickHouseFormat.RowBinary, "", out -> out.write(new byte[1000]));
        }
        Request insert = standIn.requests().get(0);
        assertThat(insert.parameters())
                .containsEntry("decompress", "1")
                .doesNotContainKey("insert_deduplication_token");
        // Behind a checksum of 16 bytes: LZ4.
        assertThat(insert.body()[16]).isEqualTo((byte) 0x82);
        assertThat(insert.body()).hasSizeLessThan(200);
    }

    @Test
    void whatIsBusyIsAskedAgain() {
        answers(Answer.error(252, "Too many parts (TOO_MANY_PARTS)"), new Answer(503, 0, new byte[0]), Answer.DONE);
        try (Server server = server(false, 5)) {
            server.execute("CREATE TABLE t");
        }
        assertThat(standIn.requests()).hasSize(3).allMatch(request -> request.sql()
                .equals("CREATE TABLE t"));
    }

    @Test
    void theRowsOfARepeatedInsertAreSentFromTheBeginning() {
        answers(Answer.error(241, "Memory limit exceeded (MEMORY_LIMIT_EXCEEDED)"), Answer.DONE);
        try (Server server = server(false, 5)) {
            server.insert("t (a)", ClickHouseFormat.RowBinary, "x", out -> out.write(new byte[] {7, 8}));
        }
        assertThat(standIn.requests()).hasSize(2).allMatch(request -> request.body().length == 2);
    }

    @Test
    void whatStaysBusyIsLeftToTheFlush() {
        answers(Answer.error(252, "Too many parts (TOO_MANY_PARTS)"));
        try (Server server = server(false, 2)) {
            assertThatThrownBy(() -> server.execute("INSERT"))
                    .isInstanceOf(RetriableException.class)
                    .hasMessageContaining("TOO_MANY_PARTS");
        }
        assertThat(standIn.requests()).hasSize(3);
    }

    @Test
    void whatIsRefusedIsNotRepeatedAndShowsNoValues() {
        answers(Answer.error(
                469, "Constraint `c` is violated at row 1. Column values: x = 'private'. (VIOLATED_CONSTRAINT)"));
        try (Server server = server(false, 5)) {
            assertThatThrownBy(() -> server.execute("INSERT"))
                    .isInstanceOf(ClickHouseError.class)
                    .hasMessageContaining("VIOLATED_CONSTRAINT")
                    .hasNoCause()
                    .message()
                    .doesNotContain("private");
        }
        assertThat(standIn.requests()).hasSize(1);
    }

    @Test
    void whatMustNotBeRepeatedIsNot() {
        answers(Answer.error(210, "Lost (NETWORK_ERROR)"), Answer.DONE);
        try (Server server = server(false, 5)) {
            assertThatThrownBy(() -> server.once("EXCHANGE TABLES a AND b")).isInstanceOf(RetriableException.class);
        }
        assertThat(standIn.requests()).hasSize(1);
    }

    @Test
    void aServerThatIsNotThereIsNamedWithoutThePassword() {
        standIn.close();
        try (Server server = server(false, 1)) {
            assertThatThrownBy(() -> server.query("SELECT 1"))
                    .isInstanceOf(RetriableException.class)
                    .hasMessageContaining("clickhouse.url")
                    .hasMessageContaining(standIn.url())
                    .message()
                    .doesNotContain("very-secret");
        }
    }

    @Test
    void anAnswerIsRead() {
        answers(Answer.row("26.7", "é"));
        try (Server server = server(false, 0)) {
            assertThat(server.query("SELECT 1").get(0).getString(2)).isEqualTo("é");
        }
    }

    @Test
    void thePasswordIsNotInTheSettingsText() {
        assertThat(settings("http://x:1", false, 0).toString()).doesNotContain("very-secret");
    }
}
