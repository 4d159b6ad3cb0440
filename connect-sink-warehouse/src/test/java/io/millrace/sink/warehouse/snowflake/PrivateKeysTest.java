package io.millrace.sink.warehouse.snowflake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.util.Base64;
import java.util.HexFormat;
import javax.crypto.Cipher;
import javax.crypto.SecretKey;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.PBEParameterSpec;
import org.apache.kafka.connect.errors.ConnectException;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Keys in the forms in which openssl writes them. */
class PrivateKeysTest {
    /** Names of schemes: openssl's own, and an older one (triple DES). */
    private static final byte[] PBES2 = HexFormat.of().parseHex("06092a864886f70d01050d");

    private static final byte[] PKCS12 = HexFormat.of().parseHex("060a2a864886f70d010c0103");

    private static PrivateKey key;

    @BeforeAll
    static void make() throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
        generator.initialize(2048);
        key = generator.generateKeyPair().getPrivate();
    }

    private static String pem(String kind, byte[] bytes) {
        return "-----BEGIN " + kind + "-----\n" + Base64.getMimeEncoder().encodeToString(bytes) + "\n-----END " + kind
                + "-----\n";
    }

    private static String encrypted(String algorithm, String passphrase) throws Exception {
        SecretKey secret =
                SecretKeyFactory.getInstance(algorithm).generateSecret(new PBEKeySpec(passphrase.toCharArray()));
        Cipher cipher = Cipher.getInstance(algorithm);
        cipher.init(Cipher.ENCRYPT_MODE, secret, new PBEParameterSpec(new byte[] {1, 2, 3, 4, 5, 6, 7, 8}, 2048));
        byte[] bytes = cipher.doFinal(key.getEncoded());
        byte[] identifier = der(
                0x30,
                algorithm.contains("Hmac") ? PBES2 : PKCS12,
                cipher.getParameters().getEncoded());
        return pem("ENCRYPTED PRIVATE KEY", der(0x30, identifier, der(0x04, bytes)));
    }

    /** A value of ASN.1 with its length in two bytes. */
    private static byte[] der(int tag, byte[]... parts) {
        ByteArrayOutputStream inner = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            inner.writeBytes(part);
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(new byte[] {(byte) tag, (byte) 0x82, (byte) (inner.size() >> 8), (byte) inner.size()});
        out.writeBytes(inner.toByteArray());
        return out.toByteArray();
    }

    @Test
    void aPlainKey() {
        String text = pem("PRIVATE KEY", key.getEncoded());
        assertThat(PrivateKeys.parse(text, "")).isEqualTo(key);
        assertThat(PrivateKeys.parse(text.replace("\n", "\\n"), "")).isEqualTo(key);
        assertThat(PrivateKeys.parse(Base64.getEncoder().encodeToString(key.getEncoded()), ""))
                .isEqualTo(key);
    }

    @ParameterizedTest
    @ValueSource(strings = {"PBEWithHmacSHA256AndAES_256", "PBEWithSHA1AndDESede"})
    void anEncryptedKey(String algorithm) throws Exception {
        String text = encrypted(algorithm, "open it");
        assertThat(PrivateKeys.parse(text, "open it")).isEqualTo(key);
        assertThatThrownBy(() -> PrivateKeys.parse(text, "")).hasMessageContaining("passphrase is needed");
        assertThatThrownBy(() -> PrivateKeys.parse(text, "wrong"))
                .isInstanceOf(ConnectException.class)
                .hasMessageContaining("cannot be decrypted")
                .hasNoCause();
    }

    @Test
    void whatIsNoKeyIsRefusedWithoutShowingIt() {
        assertThatThrownBy(() -> PrivateKeys.parse("c2VjcmV0", ""))
                .hasMessageContaining("no RSA key")
                .hasMessageNotContaining("c2VjcmV0");
        assertThatThrownBy(() -> PrivateKeys.parse("se*cret", ""))
                .hasMessageContaining("no Base64")
                .hasMessageNotContaining("se*cret");
        assertThatThrownBy(() -> PrivateKeys.parse("-----BEGIN RSA PRIVATE KEY-----\nAAAA\n", ""))
                .hasMessageContaining("pkcs8");
    }
}
