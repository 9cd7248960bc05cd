<?xml version="1.0" encoding="UTF-8"?>
<!-- SPDX-License-Identifier: MIT -->
<!-- What every page has round it. A page's own template imports this one and
     gives the templates "title" and "content". -->
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform"
    xmlns:t="urn:tefter:text" exclude-result-prefixes="t">
  <xsl:output method="html" encoding="UTF-8" indent="no"/>

  <xsl:template match="/page">
    <html lang="{@lang}">
      <head>
        <meta name="viewport" content="width=device-width, initial-scale=1"/>
        <meta name="color-scheme" content="light dark"/>
        <title><xsl:call-template name="title"/> · Tefter</title>
        <link rel="stylesheet" href="/static/style.css"/>
      </head>
      <body>
        <main id="main"><xsl:call-template name="content"/></main>
      </body>
    </html>
  </xsl:template>
</xsl:stylesheet>
