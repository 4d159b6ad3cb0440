package io.millrace.sink.value;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.apache.kafka.connect.errors.DataException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonCheckTest {
    private static final JsonCheck CHECK = new JsonCheck(
            "the type", "integer of five digits", (number, text) -> text.length() <= 5 && number.scale() == 0);

    @ParameterizedTest
    @ValueSource(
            strings = {
                "null",
                " [ ] ",
                "{}",
                "{\"a\": {\"a\": [true, false, null]}, \"b\": \"\\\"}\\u00e9\"}",
                "[12345, -1, 1.5e3, 0.1, 123456]",
                "\t\"[\"\r\n"
            })
    void whatIsHeldComesBack(String text) {
        assertThat(CHECK.checked(text)).isSameAs(text);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "{",
                "[1,]",
                "[1 2]",
                "{\"a\" 1}",
                "{a: 1}",
                "{\"a\": 1,}",
                "nul",
                "tru",
                "1 1",
                "\"a",
                "\"a\nb\"",
                "\"\\",
                "1e",
                "-",
                "1.2.3",
                "]",
                "[1}"
            })
    void whatIsNoJsonIsRefused(String text) {
        assertThatThrownBy(() -> CHECK.checked(text))
                .isInstanceOf(DataException.class)
                .hasMessage("a text is not JSON");
    }

    @ParameterizedTest
    @ValueSource(strings = {"[0.10000000000000000001]", "12345678901234567890123", "1e400"})
    void aNumberThatLosesDigitsIsRefused(String text) {
        assertThatThrownBy(() -> CHECK.checked(text))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("integer of five digits")
                .hasMessageContaining("the type")
                .hasMessageNotContaining("1234567")
                .hasNoCause();
    }

    @Test
    void aNameThatIsThereTwiceIsRefused() {
        assertThatThrownBy(() -> CHECK.checked("[{\"a\": 1, \"b\": 2, \"a\": 3}]"))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("twice")
                .hasMessageContaining("the type");
    }

    @Test
    void fiveHundredLevelsAreHeldAndNoMore() {
        String deep = "[".repeat(500) + "]".repeat(500);
        assertThat(CHECK.checked(deep)).isSameAs(deep);
        assertThatThrownBy(() -> CHECK.checked("[" + deep + "1]")).isInstanceOf(DataException.class);
        String deeper = "[".repeat(501) + "1" + "]".repeat(501);
        assertThatThrownBy(() -> CHECK.checked(deeper)).hasMessageContaining("500 levels");
    }
}
