/* What libical makes of feeds: `read FEED...`, the answer as JSON. */
#include <libical/ical.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static void say(const char *text) {
    if (!text) {
        fputs("null", stdout);
        return;
    }
    putchar('"');
    for (; *text; text++) {
        if (*text == '"' || *text == '\\')
            printf("\\%c", *text);
        else if ((unsigned char)*text < 0x20)
            printf("\\u%04x", *text);
        else
            putchar(*text);
    }
    putchar('"');
}

/* A day as it is; an instant through the system's own count of seconds. */
static void say_moment(icaltimetype moment) {
    char text[32];
    if (icaltime_is_date(moment)) {
        snprintf(text, sizeof text, "%04d%02d%02d", moment.year, moment.month, moment.day);
    } else {
        time_t seconds = icaltime_as_timet_with_zone(moment, icaltime_get_timezone(moment));
        strftime(text, sizeof text, "%Y%m%dT%H%M%SZ", gmtime(&seconds));
    }
    say(text);
}

static void say_event(icalcomponent *event) {
    icalproperty *status = icalcomponent_get_first_property(event, ICAL_STATUS_PROPERTY);
    fputs("{\"uid\":", stdout);
    say(icalcomponent_get_uid(event));
    fputs(",\"start\":", stdout);
    say_moment(icalcomponent_get_dtstart(event));
    fputs(",\"end\":", stdout);
    say_moment(icalcomponent_get_dtend(event));
    fputs(",\"summary\":", stdout);
    say(icalcomponent_get_summary(event));
    fputs(",\"description\":", stdout);
    say(icalcomponent_get_description(event));
    fputs(",\"status\":", stdout);
    say(status ? icalenum_status_to_string(icalproperty_get_status(status)) : NULL);
    putchar('}');
}

static char *line_of(char *text, size_t size, void *file) { return fgets(text, (int)size, file); }

static void say_feed(const char *path) {
    FILE *file = fopen(path, "rb");
    if (!file)
        exit(1);
    icalparser *parser = icalparser_new();
    icalparser_set_gen_data(parser, file);
    icalcomponent *calendar = icalparser_parse(parser, line_of);
    if (!calendar || icalcomponent_count_errors(calendar))
        exit(1);
    putchar('[');
    icalcomponent *event = icalcomponent_get_first_component(calendar, ICAL_VEVENT_COMPONENT);
    for (int number = 0; event; number++) {
        if (number)
            putchar(',');
        say_event(event);
        event = icalcomponent_get_next_component(calendar, ICAL_VEVENT_COMPONENT);
    }
    putchar(']');
    icalcomponent_free(calendar);
    icalparser_free(parser);
    fclose(file);
}

int main(int count, char **arguments) {
    setlocale(LC_ALL, "");
    printf("{\"version\":\"%s\",\"feeds\":[", ICAL_VERSION);
    for (int number = 1; number < count; number++) {
        if (number > 1)
            putchar(',');
        say_feed(arguments[number]);
    }
    puts("]}");
}
