// SPDX-License-Identifier: MIT
//
// tefter-bench-xapian DIR: the peer of `tefter bench search`. Builds a Xapian
// database of DIR/records.txt, unless there is one, and answers DIR/queries.tsv from it, BM25, its
// top 20; prints a line of tab-separated figures for each.
//
// records.txt: a line a record: series, year, words by spaces.
// queries.tsv: class, operator (AND OR PHRASE PREFIX), words by spaces, series
// or -, first year, last year (0 = any).
#include <xapian.h>

#include <ctime>
#include <fstream>
#include <iostream>
#include <sstream>
#include <string>
#include <vector>

namespace {

// CPU time of this process: others are busy on the same cores.
double now()
{
    struct timespec t;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_nsec) / 1e9;
}

std::vector<std::string> split(const std::string &line, char at)
{
    std::vector<std::string> parts;
    std::istringstream in(line);

    for (std::string part; std::getline(in, part, at);)
        parts.push_back(part);
    return parts;
}

void build(const std::string &dir)
{
    Xapian::WritableDatabase db(dir + "/xapian",
                                Xapian::DB_CREATE_OR_OVERWRITE);
    std::ifstream records(dir + "/records.txt");
    double start = now();
    long count = 0;

    for (std::string line; std::getline(records, line); count++) {
        std::vector<std::string> parts = split(line, '\t');
        Xapian::Document doc;
        Xapian::termpos place = 0;

        for (const std::string &word : split(parts.at(2), ' '))
            doc.add_posting(word, ++place);
        doc.add_boolean_term("XS" + parts.at(0));
        doc.add_value(0, Xapian::sortable_serialise(std::stod(parts.at(1))));
        db.add_document(doc);
    }
    db.commit();
    std::cout << "build\t" << count << "\t" << now() - start << "\n";
}

Xapian::Query wanted(const std::vector<std::string> &parts)
{
    std::vector<std::string> words = split(parts.at(2), ' ');
    const std::string &how = parts.at(1);

    if (how == "PREFIX")
        return Xapian::Query(Xapian::Query::OP_WILDCARD, words.at(0));
    Xapian::Query::op op = how == "OR"       ? Xapian::Query::OP_OR
                           : how == "PHRASE" ? Xapian::Query::OP_PHRASE
                                             : Xapian::Query::OP_AND;

    if (op != Xapian::Query::OP_PHRASE)
        return Xapian::Query(op, words.begin(), words.end());
    return Xapian::Query(op, words.begin(), words.end(),
                         static_cast<Xapian::termcount>(words.size()));
}

Xapian::Query query_of(const std::vector<std::string> &parts)
{
    Xapian::Query query = wanted(parts);
    double from = std::stod(parts.at(4));
    double to = std::stod(parts.at(5));

    if (parts.at(3) != "-")
        query = Xapian::Query(Xapian::Query::OP_FILTER, query,
                              Xapian::Query("XS" + parts.at(3)));
    if (from > 0)
        query = Xapian::Query(
            Xapian::Query::OP_FILTER, query,
            Xapian::Query(Xapian::Query::OP_VALUE_RANGE, 0,
                          Xapian::sortable_serialise(from),
                          Xapian::sortable_serialise(to)));
    return query;
}

// All of them twice, one after the other; the second time counts.
void answer(const std::string &dir)
{
    Xapian::Database db(dir + "/xapian");
    std::ifstream in(dir + "/queries.tsv");
    std::vector<std::vector<std::string>> queries;
    std::vector<double> took;

    for (std::string line; std::getline(in, line);)
        queries.push_back(split(line, '\t'));
    took.resize(queries.size());
    for (int warm = 0; warm < 2; warm++) {
        for (size_t i = 0; i < queries.size(); i++) {
            Xapian::Enquire enquire(db);
            double start = now();

            enquire.set_query(query_of(queries[i]));
            (void)enquire.get_mset(0, 20);
            took[i] = now() - start;
        }
    }
    for (size_t i = 0; i < queries.size(); i++)
        std::cout << "query\t" << queries[i].at(0) << "\t" << took[i] << "\n";
}

} // namespace

int main(int argc, char **argv)
{
    if (argc != 2) {
        std::cerr << "usage: tefter-bench-xapian DIR\n";
        return 2;
    }
    try {
        if (!std::ifstream(std::string(argv[1]) + "/xapian/iamglass"))
            build(argv[1]);
        answer(argv[1]);
    } catch (const Xapian::Error &e) {
        std::cerr << "tefter-bench-xapian: " << e.get_description() << "\n";
        return 1;
    }
    return 0;
}
