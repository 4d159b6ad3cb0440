package io.millrace.core;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class VersionTest {
    @Test
    void isTheVersionOfTheBuild() {
        assertThat(Version.version()).matches("\\d+\\.\\d+\\.\\d+(-\\w+)?");
    }
}
