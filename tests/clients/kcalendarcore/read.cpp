// What KDE's KCalendarCore makes of feeds: `read FEED...`, the answer as JSON.
#include <KCalendarCore/ICalFormat>
#include <KCalendarCore/MemoryCalendar>
#include <KCalendarCore/OccurrenceIterator>
#include <QCoreApplication>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTextStream>
#include <QTimeZone>
#include <kcalendarcore_version.h>

using namespace KCalendarCore;

static QString said(Incidence::Status status)
{
    switch (status) {
    case Incidence::StatusNone:
        return {};
    case Incidence::StatusConfirmed:
        return QStringLiteral("CONFIRMED");
    case Incidence::StatusTentative:
        return QStringLiteral("TENTATIVE");
    default:
        return QStringLiteral("another: %1").arg(status);
    }
}

static QJsonValue text(const QString &text)
{
    return text.isEmpty() ? QJsonValue() : QJsonValue(text);
}

// KDE names the last day of what lasts whole days; RFC 5545 the one after it.
static QString moment(const QDateTime &moment, bool allDay, int days)
{
    return allDay ? moment.date().addDays(days).toString(QStringLiteral("yyyyMMdd"))
                  : moment.toUTC().toString(QStringLiteral("yyyyMMdd'T'HHmmss'Z'"));
}

static QJsonArray sessions(const QString &path)
{
    const MemoryCalendar::Ptr calendar(new MemoryCalendar(QTimeZone::systemTimeZone()));
    if (!ICalFormat().load(calendar, path))
        qFatal("KCalendarCore reads nothing of %s", qPrintable(path));
    QJsonArray found;
    OccurrenceIterator ever(*calendar, QDateTime(QDate(2000, 1, 1), {}), QDateTime(QDate(2040, 1, 1), {}));
    while (ever.hasNext()) {
        ever.next();
        const auto event = ever.incidence().staticCast<Event>();
        found.append(QJsonObject{
            {QStringLiteral("uid"), event->uid()},
            {QStringLiteral("start"), moment(ever.occurrenceStartDate(), event->allDay(), 0)},
            {QStringLiteral("end"), moment(ever.occurrenceEndDate(), event->allDay(), 1)},
            {QStringLiteral("summary"), event->summary()},
            {QStringLiteral("description"), event->description()},
            {QStringLiteral("status"), text(said(event->status()))},
        });
    }
    return found;
}

int main(int count, char **arguments)
{
    QCoreApplication application(count, arguments);
    QJsonArray feeds;
    for (const QString &path : application.arguments().mid(1))
        feeds.append(sessions(path));
    const QJsonObject answer{{QStringLiteral("version"), QStringLiteral(KCALENDARCORE_VERSION_STRING)}, {QStringLiteral("feeds"), feeds}};
    fputs(QJsonDocument(answer).toJson(QJsonDocument::Compact).constData(), stdout);
}
