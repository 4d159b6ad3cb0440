package io.millrace.source.signal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SignalFormatTest {
    private static void refused(@Nullable String type, @Nullable String data, String reason) {
        assertThatThrownBy(() -> SignalFormat.of("1", type, data))
                .isInstanceOf(SignalException.class)
                .hasMessageContaining(reason);
    }

    @Test
    void executesWithConditions() throws Exception {
        assertThat(SignalFormat.of(
                        "1",
                        "execute-snapshot",
                        "{\"data-collections\": [\"shop.orders\", \"shop\\\\.p.*\"], \"type\": \"INCREMENTAL\","
                                + " \"additional-conditions\": [{\"data-collection\": \"shop.orders\","
                                + " \"filter\": \"color='blue'\"}]}"))
                .isEqualTo(new Signal.Execute(
                        "1",
                        List.of("shop.orders", "shop\\.p.*"),
                        false,
                        false,
                        List.of(new Signal.Condition("shop.orders", "color='blue'"))));
    }

    @Test
    void executesBlockingAndInTheOldFormOfTheCondition() throws Exception {
        assertThat(
                        SignalFormat.of(
                                null,
                                "execute-snapshot",
                                "{\"data-collections\": [\"a.b\"], \"type\": \"blocking\", \"additional-condition\": \"x > 1\"}"))
                .isEqualTo(new Signal.Execute(
                        "", List.of("a.b"), true, false, List.of(new Signal.Condition(".*", "x > 1"))));
    }

    @Test
    void stopsPausesResumesAndLogs() throws Exception {
        assertThat(SignalFormat.of("1", "stop-snapshot", "{\"data-collections\": [\"a.b\"]}"))
                .isEqualTo(new Signal.Stop("1", List.of("a.b")));
        assertThat(SignalFormat.of("1", "stop-snapshot", "{\"type\": \"incremental\"}"))
                .isEqualTo(new Signal.Stop("1", null));
        assertThat(SignalFormat.of("1", "pause-snapshot", null)).isEqualTo(new Signal.Pause("1"));
        assertThat(SignalFormat.of("1", "resume-snapshot", "")).isEqualTo(new Signal.Resume("1"));
        assertThat(SignalFormat.of("1", "log", "{\"message\": \"at {}\"}")).isEqualTo(new Signal.Log("1", "at {}"));
    }

    @Test
    void readsRecordsOfTheTopic() throws Exception {
        assertThat(SignalFormat.ofRecord(
                        "{\"type\": \"execute-snapshot\", \"data\": {\"data-collections\": [\"a.b\"]}}"))
                .isEqualTo(new Signal.Execute("", List.of("a.b"), false, false, List.of()));
        assertThat(SignalFormat.ofRecord("{\"id\": \"7\", \"type\": \"pause-snapshot\"}"))
                .isEqualTo(new Signal.Pause("7"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "execute-snapshot | | names no table",
                "execute-snapshot | not json | not a JSON object",
                "execute-snapshot | [1] | not a JSON object",
                "execute-snapshot | {\"data-collections\": \"a.b\"} | not a list",
                "execute-snapshot | {\"data-collections\": [1]} | something else than texts",
                "execute-snapshot | {\"data-collections\": [\"a[\"]} | no regular expression",
                "execute-snapshot | {\"data-collections\": [\"a.b\"], \"type\": \"fast\"} | neither incremental nor blocking",
                "execute-snapshot | {\"data-collections\": [\"a.b\"], \"additional-conditions\": [{\"filter\": \"x\"}]} | needs \"data-collection\"",
                "execute-snapshot | {\"data-collections\": [\"a.b\"], \"additional-condition\": \"1=1; DROP TABLE x\"} | semicolon",
                "schema-changes | {} | none of execute-snapshot",
                "log | {} | no \"message\"",
                " | {} | no type",
            })
    void saysWhatIsWrong(@Nullable String type, @Nullable String data, String reason) {
        refused(type, data, reason);
    }
}
