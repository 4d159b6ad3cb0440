package io.millrace.sink.warehouse.snowflake;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import javax.crypto.Cipher;
import javax.crypto.EncryptedPrivateKeyInfo;
import javax.crypto.SecretKey;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import org.apache.kafka.connect.errors.ConnectException;

/**
 * Reads the private key of key-pair login: PKCS#8, encrypted or not, as a PEM file or as the text between its lines.
 *
 * @see <a href="https://docs.snowflake.com/en/user-guide/key-pair-auth">Key-pair authentication</a>
 */
final class PrivateKeys {
    private static final String ENCRYPTED = "ENCRYPTED PRIVATE KEY";

    private PrivateKeys() {}

    /**
     * @param passphrase empty for a key that is not encrypted
     * @throws ConnectException for what is no such key; the message shows nothing of it
     */
    static PrivateKey parse(String text, String passphrase) {
        if (text.contains("BEGIN RSA PRIVATE KEY")) {
            throw new ConnectException(
                    "is a PKCS#1 key; turn it into PKCS#8, for example by openssl pkcs8 -topk8 -inform PEM -nocrypt");
        }
        boolean encrypted = text.contains(ENCRYPTED) || !passphrase.isEmpty();
        if (encrypted && passphrase.isEmpty()) {
            throw new ConnectException("is encrypted; " + SnowflakeWarehouse.PASSPHRASE + " is needed");
        }
        byte[] bytes = decode(text);
        try {
            PKCS8EncodedKeySpec spec = encrypted ? decrypt(bytes, passphrase) : new PKCS8EncodedKeySpec(bytes);
            return KeyFactory.getInstance("RSA").generatePrivate(spec);
        } catch (GeneralSecurityException | IOException e) {
            throw new ConnectException(
                    encrypted
                            ? "cannot be decrypted by " + SnowflakeWarehouse.PASSPHRASE + ", or is no RSA key in PKCS#8"
                            : "is no RSA key in PKCS#8");
        }
    }

    private static byte[] decode(String text) {
        String inner = text.replaceAll("-----[A-Z ]+-----", "").replaceAll("\\s|\\\\n", "");
        try {
            return Base64.getDecoder().decode(inner);
        } catch (IllegalArgumentException e) {
            // Not as the cause: its message may show a part of it.
            throw new ConnectException("is not a key in PEM: what lies between its first and last line is no Base64");
        }
    }

    private static PKCS8EncodedKeySpec decrypt(byte[] bytes, String passphrase)
            throws GeneralSecurityException, IOException {
        EncryptedPrivateKeyInfo info = new EncryptedPrivateKeyInfo(bytes);
        // PBES2 names its algorithms among the parameters, which print as that name.
        String name = info.getAlgName().equals("PBES2") || info.getAlgName().equals("1.2.840.113549.1.5.13")
                ? info.getAlgParameters().toString()
                : info.getAlgName();
        PBEKeySpec spec = new PBEKeySpec(passphrase.toCharArray());
        try {
            SecretKey secret = SecretKeyFactory.getInstance(name).generateSecret(spec);
            Cipher cipher = Cipher.getInstance(name);
            cipher.init(Cipher.DECRYPT_MODE, secret, info.getAlgParameters());
            return info.getKeySpec(cipher);
        } finally {
            spec.clearPassword();
        }
    }
}
