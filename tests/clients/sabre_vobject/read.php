<?php
// What sabre/vobject makes of feeds: `php read.php FEED...`, the answer as JSON.

require 'Sabre/VObject/autoload.php';

setlocale(LC_ALL, '');
date_default_timezone_set(getenv('TZ') ?: 'UTC');

function moment($property) {
    $moment = clone $property->getDateTime();
    if (!$property->hasTime()) {
        return $moment->format('Ymd');
    }
    return $moment->setTimezone(new DateTimeZone('UTC'))->format('Ymd\THis\Z');
}

// This version leaves the backslashes before commas and semicolons to who reads: every one of these has just one.
function text($property) {
    return $property === null ? null : str_replace(['\\,', '\\;'], [',', ';'], $property->getValue());
}

function sessions($path) {
    $calendar = Sabre\VObject\Reader::read(file_get_contents($path));
    $calendar->expand(new DateTime('2000-01-01'), new DateTime('2040-01-01'));
    $found = [];
    foreach ($calendar->select('VEVENT') as $event) {
        $found[] = [
            'uid' => text($event->UID),
            'start' => moment($event->DTSTART),
            'end' => moment($event->DTEND),
            'summary' => text($event->SUMMARY),
            'description' => text($event->DESCRIPTION),
            'status' => text($event->STATUS),
        ];
    }
    return $found;
}

$feeds = array_map('sessions', array_slice($argv, 1));
echo json_encode(['version' => Sabre\VObject\Version::VERSION, 'feeds' => $feeds], JSON_THROW_ON_ERROR);
