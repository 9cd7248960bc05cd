<?xml version="1.0" encoding="UTF-8"?>
<!-- SPDX-License-Identifier: MIT -->
<!-- A contact sheet as one file that needs nothing beside it. -->
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform"
    xmlns:t="urn:tefter:text" exclude-result-prefixes="t">
  <xsl:import href="layout.xsl"/>
  <xsl:import href="cards.xsl"/>
  <xsl:import href="rules.xsl"/>
  <xsl:output method="html" encoding="UTF-8" indent="no"/>

  <xsl:template match="/page">
    <html lang="{@lang}">
      <head>
        <meta name="viewport" content="width=device-width, initial-scale=1"/>
        <meta name="color-scheme" content="light dark"/>
        <title><xsl:value-of select="t:t('Batch %1', batch/@id)"/> · Tefter</title>
        <style><xsl:value-of select="style"/></style>
      </head>
      <body class="sheet">
        <main>
          <h1><xsl:value-of select="t:t('Batch %1', batch/@id)"/></h1>
          <xsl:if test="card[finding[@severity != 'info']]">
            <nav class="choice" aria-label="{t:t('Pages to look at')}">
              <xsl:for-each select="card[finding[@severity != 'info']]">
                <a href="#card-{@anchor}">
                  <xsl:choose>
                    <xsl:when test="@number"><xsl:value-of select="@number"/></xsl:when>
                    <xsl:otherwise><xsl:value-of select="@file"/></xsl:otherwise>
                  </xsl:choose>
                </a>
              </xsl:for-each>
            </nav>
          </xsl:if>
          <xsl:call-template name="sheet"/>
        </main>
      </body>
    </html>
  </xsl:template>
</xsl:stylesheet>
