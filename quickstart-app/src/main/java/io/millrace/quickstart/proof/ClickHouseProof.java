package io.millrace.quickstart.proof;

import io.millrace.quickstart.database.DatabaseAddress;
import io.millrace.quickstart.database.HttpAddress;
import io.millrace.quickstart.database.Relation;
import java.io.IOException;
import java.math.BigDecimal;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Compares a Postgres database with the views of current rows on a ClickHouse server: count, and the sum over all rows of
 * 60 bits of the md5 of the row's text, which each computes for itself.
 */
public record ClickHouseProof(DatabaseAddress source, HttpAddress target) implements Comparison {
    private static final Digest NOTHING = new Digest(0, BigDecimal.ZERO);

    @Override
    public List<Proof.Result> compare(List<Relation> tables) {
        List<Proof.Result> results = new ArrayList<>();
        HttpClient client = HttpClient.newHttpClient();
        try (Connection from = source.connect();
                Statement here = from.createStatement()) {
            for (Relation table : tables) {
                List<ClickHouseText> columns = MirroredColumn.of(from, table).stream()
                        .map(ClickHouseText::of)
                        .toList();
                Digest digest = Portable.digest(
                        here,
                        table,
                        columns.stream().map(ClickHouseText::postgres).toList());
                results.add(there(client, table, digest, columns));
            }
        } catch (SQLException e) {
            throw new IllegalStateException("Comparing failed: " + e.getMessage(), e);
        }
        return results;
    }

    private Proof.Result there(HttpClient client, Relation table, Digest here, List<ClickHouseText> columns) {
        String login = target.user() + ":" + target.password();
        HttpRequest request = HttpRequest.newBuilder(URI.create(target.url() + "/?default_format=TabSeparated"))
                .header(
                        "Authorization",
                        "Basic " + Base64.getEncoder().encodeToString(login.getBytes(StandardCharsets.UTF_8)))
                .POST(HttpRequest.BodyPublishers.ofString(sql(table, columns)))
                .build();
        try {
            HttpResponse<String> answer = client.send(request, HttpResponse.BodyHandlers.ofString());
            if (answer.statusCode() != 200) {
                return new Proof.Result(table, here, NOTHING, firstLine(answer.body()));
            }
            String[] parts = answer.body().trim().split("\t", -1);
            return new Proof.Result(table, here, new Digest(Long.parseLong(parts[0]), new BigDecimal(parts[1])), "");
        } catch (IOException e) {
            return new Proof.Result(table, here, NOTHING, "cannot be asked: " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while comparing", e);
        }
    }

    static String sql(Relation table, List<ClickHouseText> columns) {
        String row = columns.stream()
                .map(column -> "ifNull(" + column.clickHouse() + ", char(2))")
                .collect(Collectors.joining(", ", "arrayStringConcat([", "], char(31))"));
        // 15 of the digest's hexadecimal digits as a number.
        String number =
                "reinterpretAsUInt64(reverse(unhex(concat('0', substring(lower(hex(MD5(" + row + "))), 1, 15)))))";
        return "SELECT count(), toString(sum(toUInt128(" + number + "))) FROM " + ClickHouseText.name(table.schema())
                + "." + ClickHouseText.name(table.table() + "_current");
    }

    private static String firstLine(String message) {
        return message.lines().findFirst().orElse("cannot be read");
    }
}
