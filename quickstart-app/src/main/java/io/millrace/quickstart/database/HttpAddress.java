package io.millrace.quickstart.database;

import io.millrace.quickstart.QuickstartException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;

/**
 * Where a ClickHouse server's HTTP interface is and who connects to it. Its text form never shows the password.
 *
 * @param url without user and password
 */
public record HttpAddress(String url, String user, String password) {
    private static final String FORM = "A ClickHouse server looks like http://user:password@host:8123";

    /** {@code http://user:password@host:8123}, or https with a port of its own; without a user it is {@code default}. */
    public static HttpAddress parse(String text) {
        URI uri;
        try {
            uri = new URI(text);
        } catch (URISyntaxException e) {
            // Not e.getMessage(): it repeats the URL with its password.
            throw new QuickstartException(FORM);
        }
        boolean http = "http".equals(uri.getScheme()) || "https".equals(uri.getScheme());
        if (!http || uri.getHost() == null || uri.getPort() < 0) {
            throw new QuickstartException(FORM);
        }
        String login = uri.getRawUserInfo() == null ? "default" : uri.getRawUserInfo();
        int colon = login.indexOf(':');
        return new HttpAddress(
                uri.getScheme() + "://" + uri.getHost() + ":" + uri.getPort(),
                decode(colon < 0 ? login : login.substring(0, colon)),
                colon < 0 ? "" : decode(login.substring(colon + 1)));
    }

    private static String decode(String text) {
        return URLDecoder.decode(text, StandardCharsets.UTF_8);
    }

    @Override
    public String toString() {
        return url;
    }
}
