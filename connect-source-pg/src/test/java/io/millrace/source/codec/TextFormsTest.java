package io.millrace.source.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** Text from binary forms that no server of the tests sends, and forms that must be refused. */
class TextFormsTest {
    private static String text(TextForm form, String hex) {
        byte[] bytes = Wire.hex(hex);
        StringBuilder text = new StringBuilder();
        form.append(bytes, 0, bytes.length, text);
        return text.toString();
    }

    private static TextForm base(String functions) {
        return Objects.requireNonNull(BaseTexts.of(functions));
    }

    @Test
    void typesOfExtensionsThatAreNotInstalledHere() {
        // SRID=4326;POINT(1 2)
        assertThat(text(base("LWGEOM_out LWGEOM_send"), "01 01000020 e6100000 000000000000f03f 0000000000000040"))
                .isEqualTo("0101000020E6100000000000000000F03F0000000000000040");
        assertThat(text(base("vector_out vector_send"), "0003 0000 3f800000 3dcccccd c0000000"))
                .isEqualTo("[1,0.1,-2]");
    }

    @Test
    void aCompositeOfAnotherTimeThanTheCatalog() {
        TextForm form = NestedTexts.composite(
                List.of(new NestedTexts.Attribute(23, base("int4out int4send"))),
                oid -> oid == 25 ? base("textout textsend") : null);
        assertThat(text(form, "00000001 00000017 00000004 00000007")).isEqualTo("(7)");
        assertThat(text(form, "00000000")).isEqualTo("()");
        assertThat(text(form, "00000002 00000017 ffffffff 00000019 00000001 61"))
                .isEqualTo("(,a)");
        assertThatThrownBy(() -> text(form, "00000001 00000010 00000001 01"))
                .isInstanceOf(Malformed.class)
                .hasMessageContaining("restart the task");
    }

    @Test
    void dimensionsThatAreNotThereCostNothing() {
        TextForm form = NestedTexts.array(base("int4out int4send"), ',');
        assertThatThrownBy(() -> text(form, "00000002 00000000 00000017 7fffffff 00000001 00000000 00000001"))
                .isInstanceOf(Malformed.class);
    }

    @Test
    void moneyInOtherLocales() {
        MoneyDecoder yen = new MoneyDecoder(io.debezium.jdbc.JdbcValueConverters.DecimalMode.STRING, 0, 2);
        assertThat(Wire.binary(yen, Wire.hex("00000000 000004d2"))).isEqualTo("1234.00");
        assertThat(Wire.text(yen, "¥1,234")).isEqualTo("1234.00");
        MoneyDecoder euro = new MoneyDecoder(io.debezium.jdbc.JdbcValueConverters.DecimalMode.STRING, 2, 2);
        assertThat(Wire.text(euro, "-1.234,50 €")).isEqualTo("-1234.50");
        assertThat(Wire.text(euro, "($1,234.50)")).isEqualTo("-1234.50");
        assertThat(Wire.text(euro, "-$92,233,720,368,547,758.08")).isEqualTo("-92233720368547758.08");
    }
}
