package io.millrace.source.codec;

import static io.millrace.source.codec.TypeCase.of;

import io.millrace.source.codec.TypeCase.Difference;
import java.util.ArrayList;
import java.util.List;

/** Bits, networks, geometry, search, ranges, what the server uses itself, and the types of its extensions. */
final class OtherTypeCases {
    private OtherTypeCases() {}

    static List<TypeCase> all(int version) {
        List<TypeCase> cases = new ArrayList<>();
        cases.addAll(others());
        cases.addAll(geometry());
        cases.addAll(ranges());
        cases.addAll(internals(version));
        cases.addAll(extensions());
        return cases;
    }

    private static List<TypeCase> others() {
        return List.of(
                of("bytea", "''", "'\\x00ff7f80'", "NULL"),
                of("bit", "B'0'", "B'1'", "NULL"),
                of("bit(4)", "B'0000'", "B'1010'", "NULL"),
                of("bit(20)", "B'10000000000000000001'", "B'00000000000000000001'", "B'10000000000000000000'"),
                of("varbit", "B''", "B'1'", "B'0001'", "B'111111111'", "NULL"),
                of("varbit(1)", "B'0'", "B'1'"),
                of("varbit(12)", "B'0'", "B'100000000001'"),
                of(
                        "inet",
                        "'1.2.3.4'",
                        "'1.2.3.4/24'",
                        "'::1'",
                        "'2001:db8::ff00:42:8329/64'",
                        "'::ffff:1.2.3.4'",
                        "'::'",
                        "'::1.2.3.4'",
                        "'1::'",
                        "'1:0:0:2:0:0:0:3'",
                        "'::2:3:4:5:6:7:8'",
                        "'::ffff'",
                        "'0:0:1::'",
                        "NULL"),
                of("cidr", "'10.0.0.0/8'", "'1.2.3.4/32'", "'2001:db8::/32'", "'::/0'", "NULL"),
                of("macaddr", "'08:00:2b:01:02:03'", "NULL"),
                of("macaddr8", "'08:00:2b:01:02:03:04:05'", "NULL"));
    }

    private static List<TypeCase> geometry() {
        return List.of(
                of("point", "'(1.5,-2)'", "'(Infinity,NaN)'", "'(1e300,0)'", "NULL"),
                of("line", "'{1,2,3}'", "'{0.1,-1,1e300}'", "NULL"),
                of("lseg", "'[(1,2),(3,4)]'", "'[(NaN,Infinity),(-0.0,1e-300)]'", "NULL"),
                of("box", "'(1,2),(3,4)'", "'(0,0),(0,0)'", "NULL"),
                of("path", "'[(1,2),(3,4)]'", "'((1,2),(3,4))'", "'[(1,2)]'", "NULL"),
                of("polygon", "'((1,2),(3,4),(5,6))'", "'((0.1,0.2))'", "NULL"),
                of("circle", "'<(1,2),3>'", "'<(0,0),0>'", "NULL"),
                of("tsvector", "'a fat cat'", "'fat:1A,2B,3C,4 ''it''''s'':16383 ''b\\\\s'''", "''", "NULL"),
                of(
                        "tsquery",
                        "'fat & cat'",
                        "'!(a | b) & c:*AB <-> (d <3> e) | ''it''''s'''",
                        "'(a <-> b) <-> c & a <-> (b <-> c)'",
                        "'!!a'",
                        "''",
                        "NULL"));
    }

    private static List<TypeCase> ranges() {
        return List.of(
                of("int4range", "'[1,5)'", "'empty'", "'(,)'", "'[-2147483648,2147483647)'", "NULL"),
                of("int8range", "'[1,5)'", "'empty'", "NULL"),
                of("numrange", "'[1.5,5)'", "'[-Infinity,NaN]'", "'(0.00,1e20]'", "NULL"),
                of("tsrange", "'[2020-01-01,)'", "'[\"0044-03-15 12:00:00.5 BC\",infinity]'", "NULL"),
                of("tstzrange", "'[2020-01-01 00:00Z,)'", "'[-infinity,\"12024-03-31 01:30:00.000001+01\")'", "NULL"),
                of("daterange", "'[2020-01-01,2021-01-01)'", "'[0044-03-15 BC,infinity]'", "'(,10000-01-01)'", "NULL"),
                of("int4multirange", "'{[1,5),[7,9)}'", "'{}'", "'{(,)}'", "NULL"),
                of("int8multirange", "'{[1,5),[7,9)}'", "NULL"),
                of("nummultirange", "'{[1.50,5),(7,]}'", "NULL"),
                of("tsmultirange", "'{[2020-01-01,2020-01-02),[2021-01-01,)}'", "NULL"),
                of("tstzmultirange", "'{[2020-01-01 00:00Z,)}'", "NULL"),
                of("datemultirange", "'{[2020-01-01,2021-01-01)}'", "NULL"),
                of("floatspan", "'[0.1,1e15)'", "'[-Infinity,NaN]'", "'[-0,1e-5]'", "NULL"),
                of("textspan", "'[a,\"b,c\")'", "'[\"\",\"q\"\"\\\\\"]'", "'empty'", "NULL"),
                of("moodspan", "'[sad,\"so so\"]'", "NULL"),
                of("pairspan", "pairspan(ROW(1, 'a b')::pair, ROW(2, NULL)::pair)", "NULL"));
    }

    private static List<TypeCase> internals(int version) {
        List<TypeCase> cases = new ArrayList<>(List.of(
                of("pg_lsn", "'16/B374D848'", "'0/0'", "'FFFFFFFF/FFFFFFFF'", "NULL"),
                of("xid", "'7'", "'4294967295'", "NULL"),
                of("xid8", "'18446744073709551615'", "NULL"),
                of("cid", "'4294967295'", "NULL"),
                of("tid", "'(4294967295,65535)'", "'(0,1)'", "NULL"),
                of("pg_snapshot", "'10:20:10,14,15'", "'10:20:'", "NULL"),
                of("txid_snapshot", "'10:20:10,14,15'", "NULL"),
                of("jsonpath", "'$.\"a\"[*]?(@ > 1)'", "NULL"),
                of("refcursor", "'a cursor'", "NULL")
                        .differing(Difference.SNAPSHOT)
                        .noting("Debezium's snapshot fails, its stream is the same"),
                of("int2vector", "'1 -2 32767'", "''", "NULL").giving("[1, -2, 32767]", "[]", "NULL"),
                of("oidvector", "'1 4294967295'", "''", "NULL").giving("[1, 4294967295]", "[]", "NULL"),
                of("aclitem", "'postgres=r/postgres'", "NULL").textOnly()));
        String[][] named = {
            {"regclass", "pg_class"},
            {"regproc", "pg_sleep"},
            {"regprocedure", "pg_sleep(double precision)"},
            {"regoper", "||/"},
            {"regoperator", "+(integer,integer)"},
            {"regtype", "integer"},
            {"regrole", "postgres"},
            {"regnamespace", "pg_catalog"},
            {"regconfig", "english"},
            {"regdictionary", "simple"},
            {"regcollation", "\"C\""}
        };
        for (String[] each : named) {
            cases.add(of(each[0], "'" + each[1] + "'", "NULL").textOnly());
        }
        if (version >= 16) {
            cases.add(of("\"char\"", "'\\377'", "'\\200'"));
        }
        return cases;
    }

    private static List<TypeCase> extensions() {
        return List.of(
                of("cube", "'(1,2,3)'", "'(1,2),(3,-4.5)'", "'(1.5),(1.5)'", "'(-0),(0)'", "'()'", "NULL"),
                of("earth", "'(6378168, 0, 0)'", "NULL"),
                of("lquery", "'Top.*{0,2}.Sci*@|b'", "NULL"),
                of("ltxtquery", "'Europe & Russia*@ & !Trans'", "NULL"),
                of("lo", "16400", "NULL"),
                of("seg", "'1 .. 5'", "'~1.50'", "'<3'", "NULL").textOnly(),
                of("query_int", "'1&(2|!3)'", "NULL").textOnly(),
                of("ean13", "'9780393040029'", "NULL").textOnly(),
                of("isbn", "'039304002X'", "NULL").textOnly(),
                of("isbn13", "'9780393040029'", "NULL").textOnly(),
                of("ismn", "'9790060115615'", "NULL").textOnly(),
                of("ismn13", "'9790060115615'", "NULL").textOnly(),
                of("issn", "'14364522'", "NULL").textOnly(),
                of("issn13", "'9771436452008'", "NULL").textOnly(),
                of("upc", "'220356483481'", "NULL").textOnly());
    }
}
