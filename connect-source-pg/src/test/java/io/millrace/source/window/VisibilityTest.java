package io.millrace.source.window;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

class VisibilityTest {
    @Test
    void showsWhatEndedBeforeItAndWasNotRunning() {
        Visibility snapshot = Visibility.parse("100:110:100,104", true);
        assertThat(snapshot.shows(99)).isTrue();
        assertThat(snapshot.shows(100)).isFalse();
        assertThat(snapshot.shows(103)).isTrue();
        assertThat(snapshot.shows(104)).isFalse();
        assertThat(snapshot.shows(110)).isFalse();
        assertThat(snapshot.shows(111)).isFalse();
    }

    @Test
    void knowsTransactionsByTheLowerHalfOfTheirIdsAcrossTheWrap() {
        long epoch = 3L << 32;
        Visibility snapshot = Visibility.parse((epoch - 5) + ":" + (epoch + 7) + ":" + (epoch - 2), true);
        assertThat(snapshot.shows(-6)).isTrue();
        assertThat(snapshot.shows(-2)).isFalse();
        assertThat(snapshot.shows(-1)).isTrue();
        assertThat(snapshot.shows(6)).isTrue();
        assertThat(snapshot.shows(7)).isFalse();
    }

    @Test
    void aStandbyDoesNotTellWhatWasRunning() {
        Visibility snapshot = Visibility.parse("100:110:", false);
        assertThat(snapshot.shows(99)).isTrue();
        assertThat(snapshot.shows(100)).isFalse();
        assertThat(snapshot.shows(105)).isFalse();
    }

    @Test
    void refusesAnythingElse() {
        assertThatIllegalArgumentException().isThrownBy(() -> Visibility.parse("100:110", true));
    }
}
