package io.millrace.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class EnumTypeTest {
    @Test
    void labelsGoThereAndBack() {
        for (List<String> labels : List.of(
                List.of("a"), List.of("a,b", "a", "b"), List.of("%2C", "50%", "%252C,", ","), List.of("", "x"))) {
            assertThat(EnumType.read(EnumType.write(labels))).isEqualTo(labels);
        }
    }

    @Test
    void onlyACommaMakesLabelsAmbiguous() {
        assertThat(EnumType.isAmbiguous(List.of("a", "it's", "50%"))).isFalse();
        assertThat(EnumType.isAmbiguous(List.of("a", "b,c"))).isTrue();
    }
}
