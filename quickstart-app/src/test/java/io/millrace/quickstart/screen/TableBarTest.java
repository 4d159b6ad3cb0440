package io.millrace.quickstart.screen;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class TableBarTest {
    @Test
    void showsShareRatesAndTimeLeft() {
        TableBar bar = new TableBar("public.orders", 1_000_000, 500_000, 250_000, 100, Duration.ofSeconds(10));
        assertThat(bar.text(14))
                .isEqualTo("  public.orders  [======------            ]  25%"
                        + "     250,000 of  1,000,000 rows    25,000 rows/s     2.5 MB/s  0:30 left");
    }

    @Test
    void isDoneWhenTheTargetHasAllRowsAndNeverOverfull() {
        TableBar bar = new TableBar("t", 100, 300, 300, 10, Duration.ofSeconds(65));
        assertThat(bar.done()).isTrue();
        assertThat(bar.text(1))
                .contains("[========================] 100%")
                .contains("100 of")
                .endsWith("done in 1:05");
        assertThat(new TableBar("t", 0, 0, 0, 0, Duration.ZERO).text(1)).contains("100%");
    }

    @Test
    void saysThatItWaitsBeforeTheFirstRow() {
        assertThat(new TableBar("t", 100, 0, 0, 10, Duration.ofSeconds(3)).text(1))
                .endsWith("waiting");
    }

    @Test
    void aTerminalIsPaintedOverAndAPipeGetsPlainLines() {
        assertThat(printed(true)).isEqualTo("\033[?7l\033[2Kone\n\033[?7h\033[?7l\033[1A\033[2Ktwo\n\033[?7hend\n");
        assertThat(printed(false)).isEqualTo("one\ntwo\nend\n");
    }

    private static String printed(boolean terminal) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        Screen screen = new Screen(new PrintStream(bytes, false, StandardCharsets.UTF_8), terminal);
        screen.block(List.of("one"), false);
        screen.block(List.of("two"), true);
        screen.line("end");
        return bytes.toString(StandardCharsets.UTF_8);
    }
}
