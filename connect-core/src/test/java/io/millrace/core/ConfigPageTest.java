package io.millrace.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;
import org.apache.kafka.common.config.ConfigDef.Type;
import org.apache.kafka.common.config.ConfigDef.ValidString;
import org.apache.kafka.common.config.ConfigDef.Width;
import org.junit.jupiter.api.Test;

class ConfigPageTest {
    @Test
    void groupsKeysInTheirOrderAndLeavesOutSecretsAndInternals() {
        ConfigDef definition = new ConfigDef()
                .define(
                        "mode",
                        Type.STRING,
                        "a",
                        ValidString.in("a", "b"),
                        Importance.HIGH,
                        "What to do.",
                        "First",
                        2,
                        Width.SHORT,
                        "Mode")
                .define("host", Type.STRING, Importance.HIGH, "Where.", "First", 1, Width.SHORT, "Host")
                .define("password", Type.PASSWORD, "", Importance.LOW, "Secret.", "Second", 1, Width.SHORT, "Password")
                .define("names", Type.LIST, null, Importance.LOW, "Names.", "Second", 2, Width.SHORT, "Names")
                .defineInternal("internal.key", Type.INT, 1, Importance.LOW);

        assertThat(ConfigPage.render("Thing", Map.of("Thing", definition)))
                .contains("# Thing\n")
                .doesNotContain("internal.key")
                .endsWith(
                        """

                        ## First

                        ### `host`

                        Where.

                        - Type: string
                        - Default: none, it must be set
                        - Importance: high

                        ### `mode`

                        What to do.

                        - Type: string
                        - Default: `a`
                        - Valid values: [a, b]
                        - Importance: high

                        ## Second

                        ### `password`

                        Secret.

                        - Type: password
                        - Default: not set
                        - Importance: low

                        ### `names`

                        Names.

                        - Type: list
                        - Default: not set
                        - Importance: low
                        """);
    }
}
