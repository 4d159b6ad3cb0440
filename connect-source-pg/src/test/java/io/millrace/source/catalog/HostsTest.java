package io.millrace.source.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HostsTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "db; db:5432",
                "db:6000; db:6000",
                "a, b ; a:5432,b:5432",
                "a:1,b:2; a:1,b:2",
                "::1; [::1]:5432",
                "[::1]; [::1]:5432",
                "[::1]:7, fe80::2; [::1]:7,[fe80::2]:5432"
            })
    void eachHasAPort(String given, String expected) {
        assertThat(Hosts.parse(given, 5432).text()).isEqualTo(expected);
    }
}
