package io.millrace.source.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.source.record.Tuple;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.apache.kafka.connect.errors.ConnectException;
import org.junit.jupiter.api.Test;

class CopyRowsTest {
    private final Tuple tuple = new Tuple();

    private static byte[] message(boolean header, int columns, String... values) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        if (header) {
            out.write(new byte[] {'P', 'G', 'C', 'O', 'P', 'Y', '\n', (byte) 0xff, '\r', '\n', 0});
            out.writeInt(0);
            out.writeInt(0);
        }
        out.writeShort(columns);
        for (String value : values) {
            byte[] utf8 = value.getBytes(StandardCharsets.UTF_8);
            out.writeInt(value.equals("NULL") ? -1 : utf8.length);
            out.write(value.equals("NULL") ? new byte[0] : utf8);
        }
        return bytes.toByteArray();
    }

    @Test
    void readsTheHeaderWithTheFirstRow() throws IOException {
        CopyRows rows = new CopyRows(new boolean[] {false, true});
        assertThat(rows.read(message(true, 2, "ab", "NULL"), tuple)).isEqualTo(CopyRows.Found.ROW);
        assertThat(tuple.kind(0)).isEqualTo(Tuple.BINARY);
        assertThat(new String(tuple.bytes(), tuple.offset(0), tuple.length(0), StandardCharsets.UTF_8))
                .isEqualTo("ab");
        assertThat(tuple.kind(1)).isEqualTo(Tuple.NULL);
        assertThat(rows.read(message(false, 2, "", "text"), tuple)).isEqualTo(CopyRows.Found.ROW);
        assertThat(tuple.kind(1)).isEqualTo(Tuple.TEXT);
        assertThat(rows.read(message(false, -1), tuple)).isEqualTo(CopyRows.Found.END);
    }

    @Test
    void aHeaderMayComeAlone() throws IOException {
        CopyRows rows = new CopyRows(new boolean[] {false});
        byte[] header = Arrays.copyOf(message(true, 1, "x"), 19);
        assertThat(rows.read(header, tuple)).isEqualTo(CopyRows.Found.NO_ROW);
        assertThat(rows.read(message(false, 1, "x"), tuple)).isEqualTo(CopyRows.Found.ROW);
    }

    @Test
    void everyTruncationIsAnError() throws IOException {
        byte[] whole = message(true, 2, "abc", "de");
        for (int length = 0; length < whole.length; length++) {
            if (length == 19) {
                continue;
            }
            byte[] cut = Arrays.copyOf(whole, length);
            assertThatThrownBy(() -> new CopyRows(new boolean[2]).read(cut, tuple))
                    .as("%s bytes", length)
                    .isInstanceOf(ConnectException.class);
        }
    }

    @Test
    void anotherSignatureOrWidthIsAnError() throws IOException {
        byte[] other = message(true, 1, "x");
        other[0] = 'X';
        assertThatThrownBy(() -> new CopyRows(new boolean[1]).read(other, tuple))
                .hasMessageContaining("signature");
        byte[] wide = message(true, 2, "x", "y");
        assertThatThrownBy(() -> new CopyRows(new boolean[1]).read(wide, tuple)).hasMessageContaining("2 columns");
    }
}
