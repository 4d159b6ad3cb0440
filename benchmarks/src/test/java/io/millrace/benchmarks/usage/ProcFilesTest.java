package io.millrace.benchmarks.usage;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ProcFilesTest {
    @Test
    void readsNamesWithBlanksAndBrackets() {
        String line = "4711 (G1 (Conc) #0) S 17 4711 4711 0 -1 4194304 100 0 0 0 250 50 300 100 20 0 1 0 12345";
        ProcFiles.Stat stat = ProcFiles.parse(line);
        assertThat(stat.name()).isEqualTo("G1 (Conc) #0");
        assertThat(stat.parent()).isEqualTo(17);
        assertThat(stat.seconds()).isEqualTo(3);
        assertThat(stat.endedChildrenSeconds()).isEqualTo(4);
    }
}
